# target: edges, degrees, path, copied, labelled, components, written, sparse, dates, drawn, index_map, places
import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

G = nx.Graph()
G.add_edge("a", "b", weight=1)
H = G.copy()
nx.add_path(G, ["b", "c", "d"])
G.add_nodes_from(["x"], color="red")
degrees = dict(G.degree())
density = nx.density(G)
nx.set_node_attributes(G, {"a": 5}, "size")
G.nodes["b"]["size"] = 7
labelled = nx.get_node_attributes(G, "size")
copied = sorted(H.edges())
nx.write_edgelist(G, "graph.txt", data=False)
G.remove_node("x")
path = nx.shortest_path(G, "a", "d")
communities = nx.connected_components(G)
components = [sorted(each) for each in communities]
view = G.subgraph(["a", "b"])
G["a"]["b"]["weight"] = 4
edges = sorted(view.edges(data="weight"))
written = sorted(nx.read_edgelist("graph.txt").nodes())
A = sparse.csr_matrix(np.array([[0, 2.0], [3, 0]]))
total = A.dot(np.ones(2))
A[0, 0] = 5
A.setdiag([1, 1])
A.eliminate_zeros()
sparse = A.toarray().tolist()
index = pd.date_range("2024-01-01", periods=3)
middle = index.mean()
index.name = "day"
dates = [index.name, *map(str, index)]
np.random.seed(1)
import random

random.seed(2)
drawn = sorted(nx.gnp_random_graph(5, 0.5).edges())
index_map = {}
similar = list(nx.generate_random_paths(G, 3, path_length=2, index_map=index_map, seed=1))
places = nx.circular_layout(G)
nx.to_latex_raw(G, pos=places)
