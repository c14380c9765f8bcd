# target: doubled
factor = 2
stream = (factor * n for n in [1, 2, 3])
factor = 10
label = "lazy"
doubled = list(stream)
print(label)
