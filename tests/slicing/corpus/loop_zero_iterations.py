# target: value
value = "initial"
counter = 0
for item in []:
    value = item
    counter += 1
while counter > 0:
    value = "loop"
    counter -= 1
print(counter)
