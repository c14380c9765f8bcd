# target: answer
space = {"x": 4}
spare = {"y": 1}
exec("answer = x ** 2", space)
exec("z = y + 1", spare)
answer = space["answer"]
print(spare["z"])
