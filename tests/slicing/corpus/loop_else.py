# target: verdict
candidate = 17
tried = []
for d in range(2, candidate):
    tried.append(d)
    if candidate % d == 0:
        verdict = "composite"
        break
else:
    verdict = "prime"
print(len(tried))
