# target: log
log = []
write = getattr(log, "append")
write("one")
method_name = "extend"
getattr(log, method_name)(["two", "three"])
length = len(method_name)
print(length)
