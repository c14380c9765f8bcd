# target: stack
stack = []


def push(n):
    stack.append(n)


def drop(_):
    stack.pop()


commands = {"push": push, "drop": drop}
program = [("push", 1), ("push", 2), ("drop", None), ("push", 3)]
lines = 0
for name, argument in program:
    commands[name](argument)
    lines += 1
print(lines)
