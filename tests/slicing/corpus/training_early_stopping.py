# target: chosen
import copy

losses = [5.0, 3.0, 2.5, 2.6, 2.7, 1.0]
patience, bad = 2, 0
state = {"epoch": 0, "weights": [0]}
chosen = None
lowest = float("inf")
log = []
for epoch, loss in enumerate(losses):
    state["epoch"] = epoch
    state["weights"].append(loss)
    log.append(f"{epoch}: {loss}")
    if loss < lowest:
        lowest, bad = loss, 0
        chosen = copy.deepcopy(state)
    else:
        bad += 1
        if bad >= patience:
            print("stopping")
            break
print("\n".join(log))
