# target: tail
lines = iter(["# head", "# more", "data 1", "data 2", "data 3"])
skipped = 0
for line in lines:
    if not line.startswith("#"):
        break
    skipped += 1
tail = list(lines)
print(skipped)
