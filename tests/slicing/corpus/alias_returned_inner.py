# target: state
class Machine:
    def __init__(self):
        self._state = {"on": False}

    def view(self):
        return self._state


machine = Machine()
view = machine.view()
view["on"] = True
state = machine._state
label = f"machine {len(view)}"
print(label)
