# target: items
items = []
count = 0

for n in range(3):

	if n != 1:

		items.append(n)

	count += 1

print(count)
