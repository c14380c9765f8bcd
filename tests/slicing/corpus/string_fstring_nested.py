# target: line
name, width = "total", 10
value = 3.14159
unit = "kg"
line = f"{name:<{width}}|{value:.{len(unit)}f} {unit!r}"
note = f"{value}"
print(note)
