# target: small, large
small = []
large = []
for n in [1, 50, 3, 99]:
    bucket = small if n < 10 else large
    bucket.append(n)
    text = f"{n} sorted"
    print(text)
