"""What a program does to the world outside, as something to save: its code is what counts."""

from __future__ import annotations


class SideEffect:
    """Something outside of a program that it has changed; there is one of each kind.

    Saving it keeps no content of files or databases. The code of the artifact, which ``get_code``
    returns, is what has changed them.

    Attributes:
        name: Of the attribute of ``lineapy_store`` that it is.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        """Returns the attribute that it is."""
        return f"lineapy_store.{self.name}"

    def __reduce__(self) -> str:
        """Returns its name in this module, so that it is itself when it is loaded."""
        return self.name


#: The files that a program writes.
file_system = SideEffect("file_system")
#: The databases that it writes to.
db = SideEffect("db")
