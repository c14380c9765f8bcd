# target: grade
score = 72
attempts = 0
if score > 90:
    grade = "A"
else:
    attempts += 1
    if score > 70:
        print("good")
        grade = "B"
    else:
        grade = "C"
curve = score * 1.1
print(curve, attempts)
