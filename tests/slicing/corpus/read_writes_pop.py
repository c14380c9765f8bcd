# target: stack
stack = [1, 2, 3, 4]
top = stack.pop()
print("popped", top)
names = ["u", "v"]
names.pop()
