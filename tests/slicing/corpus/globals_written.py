# target: alpha
settings = {"alpha": 0.5, "beta": 2}
for name, value in settings.items():
    globals()[name] = value
message = "set"
alpha = alpha * 2
print(message)
