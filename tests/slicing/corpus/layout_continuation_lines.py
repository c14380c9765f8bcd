# target: total
prices = [
    1.5,  # tea
    2.5,  # jam
]
rate = 1 + \
    0.1
discount = (
    0.2
)
total = sum(
    p * rate
    for p in prices
)
print(
    discount,
)
