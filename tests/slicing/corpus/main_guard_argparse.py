# target: rate
import argparse


def parse(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=0.5)
    parser.add_argument("--name", default="x")
    return parser.parse_args(argv)


if __name__ == "__main__":
    args = parse(["--name", "run"])
    rate = args.rate * 2
    title = args.name.title()
    print(title)
