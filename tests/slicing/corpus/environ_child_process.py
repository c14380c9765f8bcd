# target: out
import os
import subprocess
import sys

os.environ["GREETING_X"] = "hi"
code = "import os; print(os.environ['GREETING_X'])"
noise = code.upper()
out = subprocess.check_output([sys.executable, "-S", "-c", code], text=True)
print(len(noise))
