# target: result
def work(n):
    return [i * i for i in range(n)]


def report(values):
    print("values:", values)


if __name__ == "__main__":
    result = work(4)
    report(result)
