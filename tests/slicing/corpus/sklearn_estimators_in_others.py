# target: linear, scaler, tree, voting, pipe, rng, drawn
import numpy as np
from sklearn.ensemble import VotingRegressor
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor

X = np.arange(12.0).reshape(6, 2)
y = np.array([1.0, 2, 3, 5, 8, 13])
linear = LinearRegression()
tree = DecisionTreeRegressor(random_state=1)
voting = VotingRegressor([("linear", linear), ("tree", tree)])
voting.fit(X, y)
scaler = StandardScaler()
pipe = make_pipeline(scaler, LinearRegression())
pipe.fit(X, y)
rng = np.random.RandomState(3)
drawing = DecisionTreeRegressor(max_features=1, random_state=rng)
drawing.fit(X, y)
drawn = rng.randint(1000)
