# target: value
class Ignore:
    def __enter__(self):
        return self

    def __exit__(self, kind, error, tb):
        self.error = repr(error)
        return True


value = 1
with Ignore() as guard:
    value = 2
    value = 1 / 0
    value = 3
message = guard.error
print(message)
