# target: lines
path = "events.log"
with open(path, "w") as f:
    f.write("start\n")
with open("other.log", "w") as f:
    f.write("noise\n")
for n in range(2):
    with open(path, "a") as f:
        f.write(f"event {n}\n")
    print("logged", n)
lines = open(path).read().splitlines()
