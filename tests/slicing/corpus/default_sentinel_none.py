# target: b
def add(item, bucket=None):
    bucket = [] if bucket is None else bucket
    bucket.append(item)
    return bucket


a = add(1)
b = add(2)
a = add(3, a)
b = add(4, b)
print(a)
