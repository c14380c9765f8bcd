# target: area
scale = 1


def compute(w, h):
    return w * h * scale


first = compute(2, 3)
scale = 4
area = compute(2, 3)
print(first)
