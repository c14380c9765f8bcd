# target: out
source = "out = [n + offset for n in range(3)]"
offset = 10
code = compile(source, "<generated>", "exec")
other = compile("1 + 1", "<other>", "eval")
exec(code)
print(eval(other))
