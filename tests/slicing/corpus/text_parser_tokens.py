# target: value
import re

text = "2 * (3 + 4) - 5"
tokens = re.findall(r"\d+|[-+*()]", text)
count = len(tokens)
position = 0


def peek():
    return tokens[position] if position < len(tokens) else None


def take():
    global position
    position += 1
    return tokens[position - 1]


def atom():
    if peek() == "(":
        take()
        inner = expression()
        take()
        return inner
    return int(take())


def term():
    left = atom()
    while peek() == "*":
        take()
        left *= atom()
    return left


def expression():
    left = term()
    while peek() in ("+", "-"):
        left = left + term() if take() == "+" else left - term()
    return left


value = expression()
print(count)
