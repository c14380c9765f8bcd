# target: graph, weighted, ranks, listed, left, tree, best, count, links
import networkx as nx

graph = nx.path_graph(5)
weighted = nx.path_graph(3)
for node, data in weighted.nodes(data=True):
    data["weight"] = node
ranks = nx.degree_centrality(graph)
ranks[9] = 1.0
best = max(ranks, key=ranks.get)
listed = sorted(graph.nodes())
listed.append(7)
parts = nx.connected_components(graph)
count = len(list(parts))
left = list(parts)
tree = nx.minimum_spanning_tree(graph)
tree.remove_edge(0, 1)
matrix = nx.to_numpy_array(graph)
matrix[0, 0] = 5
predicted = nx.jaccard_coefficient(graph, [(0, 2), (1, 3)])
first = next(predicted)
links = list(predicted)
connect = weighted.add_edge
connect(0, 2)
unused = dict(graph.degree())
unused[0] = 0
