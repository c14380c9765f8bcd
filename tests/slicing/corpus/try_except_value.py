# target: value
raw = "12a"
attempts = 0
try:
    attempts += 1
    value = int(raw)
except ValueError:
    value = -1
else:
    print("parsed")
finally:
    attempts += 1
print(attempts)
