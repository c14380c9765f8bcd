# target: leftovers
gen = (n for n in range(5))
total = sum(gen)
leftovers = list(gen)
fresh = (n for n in range(3))
largest = max(fresh)
print(total, largest)
