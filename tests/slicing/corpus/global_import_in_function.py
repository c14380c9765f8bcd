# target: root
def setup():
    global math
    import math


def unused():
    return 1


setup()
noise = unused()
root = math.sqrt(16)
print(noise)
