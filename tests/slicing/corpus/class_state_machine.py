# target: state, moves
class Door:
    moves = {"closed": {"open": "opened"}, "opened": {"close": "closed"}}

    def __init__(self):
        self.state = "closed"
        self.errors = 0

    def do(self, action):
        try:
            self.state = self.moves[self.state][action]
        except KeyError:
            self.errors += 1


door = Door()
for action in ["open", "open", "close", "open"]:
    door.do(action)
state = door.state
moves = Door.moves
print(door.errors)
