# target: outcome
outcome = []
noise = 0


def risky(n):
    if n > 1:
        raise ValueError(n)
    return n


for n in range(3):
    try:
        try:
            outcome.append(risky(n))
        except ValueError as e:
            raise KeyError(f"bad {e}") from e
        else:
            noise += 1
    except KeyError as e:
        outcome.append(e.args[0])
print(noise)
