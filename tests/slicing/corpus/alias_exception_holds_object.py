# target: payload
class Stop(Exception):
    pass


payload = {"n": 0}
try:
    raise Stop(payload)
except Stop as stop:
    stop.args[0]["n"] = 5
    note = str(stop)
print(len(note))
