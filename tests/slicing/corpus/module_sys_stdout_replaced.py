# target: text
import io
import sys

real = sys.stdout
sys.stdout = io.StringIO()
print("hidden")
x = 3
print("x", x)
text = sys.stdout.getvalue()
sys.stdout = real
print("shown")
