# target: result
base = 5
noise = [1]
noise.append(2)
code = "result = base * 3"
exec(code)
print(result)
