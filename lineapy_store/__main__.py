"""``python -m lineapy_store``: the command line."""

from lineapy_store.cli import main

if __name__ == "__main__":
    main(prog_name="lineapy-store")
