# target: result
class Model:
    pass


def predict(self, x):
    return x * self.w


for name, function in {"predict": predict, "loss": lambda self, x: -x}.items():
    setattr(Model, name, function)
model = Model()
model.w = 3
loss = model.loss(2)
result = model.predict(5)
print(loss)
