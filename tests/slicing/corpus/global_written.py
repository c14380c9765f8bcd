# target: total
total = 0
visits = 0


def add(n):
    global total
    total += n


def visit():
    global visits
    visits += 1


for n in [4, 5, 6]:
    add(n)
    visit()
print(visits)
