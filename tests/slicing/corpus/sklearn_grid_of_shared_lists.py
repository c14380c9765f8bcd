# target: count
from sklearn.model_selection import ParameterGrid

grid = {"alpha": [1.0, 2.0]}
settings = ParameterGrid(grid)
grid["alpha"].append(7)
count = len(list(settings))
