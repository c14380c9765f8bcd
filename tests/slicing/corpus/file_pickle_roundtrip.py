# target: again
import pickle

state = {"seen": {1, 2}, "names": ["x"]}
with open("state.pkl", "wb") as f:
    pickle.dump(state, f)
state["names"].append("later")
with open("state.pkl", "rb") as f:
    again = pickle.load(f)
print(len(state["names"]))
