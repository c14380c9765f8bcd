# target: output
import subprocess
import sys

with open("child.py", "w") as f:
    f.write("print(sum(range(5)))")
with open("unused.py", "w") as f:
    f.write("print(1)")
done = subprocess.run([sys.executable, "-S", "-E", "child.py"], capture_output=True, text=True)
output = done.stdout.strip()
code = done.returncode
print(code)
