# target: stack
class Stack(list):
    def push(self, x):
        self.append(x)
        return self

    def peek(self):
        return self[-1]


stack = Stack()
stack.push(1).push(2)
top = stack.peek()
stack += [3]
spare = Stack("ab")
print(top, spare)
