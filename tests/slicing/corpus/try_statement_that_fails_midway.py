# target: state
state = {"step": 0}
extra = []
try:
    state["step"] = 1
    extra.append("x")
    state["value"] = 10 / 0
    state["step"] = 2
except ZeroDivisionError:
    state["failed"] = True
print(extra)
