# target: inner
inner = [0]
outer = (1, (2, inner))
_, (_, alias) = outer
alias += [1]
total = outer[0] + outer[1][0]
print(total)
