# target: total
def make():
    total = [0]

    def add(n):
        total[0] += n
        return total

    return add


add = make()
spare = make()
add(3)
spare(9)
total = add(4)
print(spare(0))
