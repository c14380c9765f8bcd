# target: exists
temp = 5
other = 6


def clean():
    global temp
    del temp


clean()
exists = "temp" in globals()
other += 1
print(other)
