# target: order
todo = ["c", "b", "a"]
order = []
rounds = 0
while todo:
    rounds += 1
    item = todo.pop()
    order.append(item)
    if item == "b" and rounds < 5:
        todo.append("z")
print(rounds)
