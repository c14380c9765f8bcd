# target: letter
from string import Template

template = Template("Dear $name, you owe $sum")
people = {"name": "Ann", "sum": 5}
count = len(people)
people["sum"] += 10
letter = template.substitute(people)
print(count)
