# target: value
class Button:
    def __init__(self, action):
        self.action = action


def build():
    clicks = []

    def click(name):
        clicks.append(name)
        return len(clicks)

    return Button(click), Button(lambda name: clicks.clear())


add, reset = build()
add.action("a")
noise = add.action("b")
reset.action("r")
value = add.action("c")
print(noise)
