# target: results
results = []
verbose = True


def main():
    for n in range(3):
        results.append(n + 1)
        if verbose:
            print("did", n)
    return 0


if __name__ == "__main__":
    code = main()
    print("exit", code)
