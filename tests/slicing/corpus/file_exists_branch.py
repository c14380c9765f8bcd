# target: mode
import os.path

if not os.path.exists("marker"):
    with open("marker", "w") as f:
        f.write("1")
    created = True
else:
    created = False
mode = "again" if os.path.exists("marker") else "first"
print(created)
