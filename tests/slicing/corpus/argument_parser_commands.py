# target: log, kept
import argparse

log = []


def run(args):
    log.append(args.key)


parser = argparse.ArgumentParser()
commands = parser.add_subparsers()
go = commands.add_parser("go")
go.add_argument("--key", default=1)
go.set_defaults(func=run)
args = parser.parse_args(["go"])
args.func(args)
kept = []
other = argparse.ArgumentParser()
other.add_argument("--x", default=kept)
parsed = other.parse_args([])
parsed.x.append(4)
