# target: answer
import math

primes = []
for n in range(2, 60):
    if all(n % p for p in primes):
        primes.append(n)
table = {p: math.log(p) for p in primes}
mean = sum(table.values()) / len(table)
print("primes", len(primes), "mean log", mean)
answer = 6
answer *= 7
label = f"the answer is {answer}"
print(label)
