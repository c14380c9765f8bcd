# target: second
class Team:
    def __init__(self, name, members=[]):
        self.name = name
        self.members = members


first = Team("a")
second = Team("b")
alone = Team("c", [])
first.members.append("ann")
alone.members.append("carl")
print(alone.members)
