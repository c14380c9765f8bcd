# target: numbers
raw = ["1", "x", "3", ""]
numbers = []
errors = []
for text in raw:
    try:
        numbers.append(int(text))
    except ValueError as e:
        errors.append(str(e))
        continue
    print("ok", text)
print(len(errors))
