# target: hits
hits = {"yes": 0, "no": 0}


def mark(key):
    hits[key] += 1
    return key


label = mark("yes") if 3 > 2 else mark("no")
spare = "yes" if label else "no"
print(label, spare)
