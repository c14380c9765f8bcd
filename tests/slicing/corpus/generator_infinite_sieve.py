# target: primes
from itertools import count, islice


def sieve(numbers):
    while True:
        prime = next(numbers)
        yield prime
        numbers = (n for n, p in ((n, prime) for n in numbers) if n % p)


primes = list(islice(sieve(count(2)), 6))
text = ",".join(map(str, primes))
print(text)
