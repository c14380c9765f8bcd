# target: seen
import threading

local = threading.local()
local.name = "main"
seen = {}


def work(name):
    local.name = name
    seen[name] = local.name


for name in ["a", "b"]:
    t = threading.Thread(target=work, args=[name])
    t.start()
    t.join()
seen["main"] = local.name
count = len(seen)
print(count)
