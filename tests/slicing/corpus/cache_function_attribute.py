# target: answer
def ask(n):
    ask.count += 1
    return n + ask.count


ask.count = 0
first = ask(10)
second = ask(10)
answer = ask(10)
print(first, second)
