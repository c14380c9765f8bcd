# target: tasks
tasks = [{"n": 1, "done": False}, {"n": 2, "done": False}, {"n": 3, "done": True}]
open_tasks = list(filter(lambda t: not t["done"], tasks))
for task in open_tasks:
    task["done"] = True
closed = len(open_tasks)
print(closed)
