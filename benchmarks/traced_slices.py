"""Slices by ipyflow, which traces programs: what ``slice_size.py --tracer`` compares with.

Runs in an environment of its own that has ipyflow and what the scripts import: reads, as JSON from
the standard input, a script and the names of variables; writes, as JSON to the standard output,
each variable's slice (the statements without which it would not be what it is), or null where
ipyflow has none.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile


def slices(source: str, names: list[str]) -> dict[str, str | None]:
    """Return ipyflow's slice for each name, the script being run as one cell."""
    from ipyflow.shell.interactiveshell import IPyflowInteractiveShell  # type: ignore[import-not-found]
    from traitlets.config import Config  # type: ignore[import-not-found]

    history = Config(HistoryManager={"enabled": False})
    shell = IPyflowInteractiveShell.instance(config=history, colors="nocolor")
    shell.run_cell(source, store_history=True)
    shell.run_cell("from ipyflow import code as __code", store_history=True)
    found = {}
    for name in names:
        shell.user_ns["__text"] = None
        shell.run_cell(f"__text = str(__code({name}, format_type=str))", store_history=True)
        found[name] = shell.user_ns["__text"]
    return found


def main() -> None:
    """Answer one request."""
    request = json.load(sys.stdin)
    answer = os.fdopen(os.dup(1), "w")
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        os.environ |= {"HOME": folder, "IPYTHONDIR": folder}
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1):
            os.dup2(nothing, descriptor)
        found = slices(request["source"], request["names"])
    json.dump(found, answer)
    answer.close()
    os._exit(0)  # whatever threads the script has left


if __name__ == "__main__":
    main()
