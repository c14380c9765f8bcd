# target: result
def install():
    global handler

    def handler(x):
        return x * 3


count = 0
install()
count += 1
result = handler(4)
print(count)
