# target: data
data = bytearray(b"abc")
alias = data
alias.extend(b"def")
data[0] = ord("z")
frozen = bytes(data)
label = frozen.decode()
print(label)
