# target: code
class AppError(Exception):
    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


def run(n):
    if n == 3:
        raise AppError(42, "three")


code = 0
done = []
try:
    for n in range(5):
        run(n)
        done.append(n)
except AppError as error:
    code = error.code
    text = str(error)
print(done)
