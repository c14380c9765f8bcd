# target: third
def collect(item, bucket=[]):
    bucket.append(item)
    return list(bucket)


first = collect(1)
second = collect(2, [])
third = collect(3)
print(first, second)
