# target: itself, inside, made, logged, deep, dumped, plain
import copy
import pickle


class Same:
    def __init__(self, d):
        self.d = d

    def __deepcopy__(self, memo):
        return self


same = Same({"x": 1})
copy.deepcopy(same).d["y"] = 3
itself = dict(same.d)
copy.deepcopy([same])[0].d["z"] = 4
inside = same.d


class Reduced:
    made = 0

    def __init__(self, v):
        self.v = v
        Reduced.made += 1

    def __reduce__(self):
        return (Reduced, (self.v + 1,))


pickle.loads(pickle.dumps(Reduced(1)))
made = Reduced.made


class State:
    log = []

    def __init__(self):
        self.parts = [1]

    def __getstate__(self):
        State.log.append("get")
        return dict(self.__dict__)

    def __setstate__(self, state):
        State.log.append("set")
        self.__dict__.update(state)


state = State()
plain = copy.copy(state)
logged = len(State.log)
plain.parts.append(2)
plain = state.parts
copy.deepcopy({"s": state})
deep = len(State.log)
pickle.dumps(State())
dumped = len(State.log)
