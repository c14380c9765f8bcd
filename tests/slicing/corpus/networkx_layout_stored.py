# target: plain, stored, tour_of
import networkx as nx
from networkx.algorithms import approximation

plain = nx.path_graph(3)
places = nx.circular_layout(plain)
stored = nx.path_graph(3)
more = nx.circular_layout(stored, store_pos_as="pos")
tour_of = nx.complete_graph(3, create_using=nx.DiGraph)
nx.set_edge_attributes(tour_of, 1, "weight")
tour = approximation.asadpour_atsp(tour_of, source=0)
