# target: cursor
class Tape:
    def __init__(self):
        self.reads = []

    def __getitem__(self, i):
        self.reads.append(i)
        return i * i

    def __contains__(self, i):
        self.reads.append(("in", i))
        return True


tape = Tape()
a = tape[3]
b = 5 in tape
cursor = tape.reads
spare = Tape()[1]
print(a, b, spare)
