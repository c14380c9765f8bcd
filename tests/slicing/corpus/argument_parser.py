# target: rate, name, known, given, sizes
import argparse
import sys

sizes = []


def size(text):
    sizes.append(int(text))
    return int(text)


parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float, default=0.5)
group = parser.add_argument_group("more")
group.add_argument("--name", default="a")
parser.set_defaults(rate=0.7)
sys.argv = ["script", "--name", "b"]
args = parser.parse_args()
rate = args.rate
args.name = args.name + "!"
name = args.name
other = argparse.ArgumentParser()
other.add_argument("--size", type=size)
known, rest = other.parse_known_args(["--size", "3", "--more"])
given = argparse.Namespace(kept=[1])
other.parse_args(["--size", "4"], namespace=given)
given.kept.append(2)
