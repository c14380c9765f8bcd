# target: mode
import sys

debug = False
mode = "fast"
if debug:
    mode = "slow"
    print("debugging")
elif len(sys.argv) > 50:
    mode = "odd"
level = 3
print(level)
