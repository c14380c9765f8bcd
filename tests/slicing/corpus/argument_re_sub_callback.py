# target: numbers
import re

numbers = []


def replace(match):
    numbers.append(int(match.group()))
    return "#"


text = re.sub(r"\d+", replace, "a1 b22 c333")
words = text.split()
print(words)
