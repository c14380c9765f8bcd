# target: result
import re

line = "id=42;name=x"
if (m := re.search(r"id=(\d+)", line)) and (number := int(m.group(1))) > 10:
    result = number + 1
else:
    result = -1
length = len(line)
print(length)
