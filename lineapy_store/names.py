"""Which artifact names and aliases can be kept."""

from __future__ import annotations

import contextlib
import operator
import unicodedata

from lineapy_store.errors import ConfigurationError, InvalidNameError

_DIGITS = 18  # of a version, at most
MAX_LENGTH = 200


def check_name(name: object, what: str = "artifact name") -> str:
    """Returns ``name`` if it can be kept.

    A name is a text of 1 to 200 characters that can be printed, does not begin or end with
    a space, and has no ``.`` or ``..`` between slashes.

    Raises:
        InvalidNameError: It cannot; the message says why.
    """
    if not isinstance(name, str):
        raise InvalidNameError(f"{name!r} cannot be an {what}: it must be a text")
    if why := _obstacle(name):
        shown = name if len(name) <= MAX_LENGTH else f"{name[:MAX_LENGTH]}..."
        raise InvalidNameError(f"{shown!r} cannot be an {what}: it {why}")
    return name


def check_alias(alias: object) -> str:
    """Returns ``alias`` if it can be kept: a name that is neither a number nor ``"latest"``.

    Raises:
        InvalidNameError: It cannot; the message says why.
    """
    text = check_name(alias, "alias")
    if text in {"latest", "all"} or text.lstrip("+-").isdigit():
        raise InvalidNameError(
            f"{text!r} cannot be an alias: 'latest', 'all' and whole numbers mean versions"
        )
    return text


def check_version(version: object) -> int | str:
    """Returns a version as the catalog knows it: a whole number, ``"latest"`` or an alias.

    Args:
        version: A whole number of any type, or as decimal text; ``"latest"`` or None for the
            newest; else an alias.

    Raises:
        ConfigurationError: It is none of these.
    """
    if version is None:
        return "latest"
    if isinstance(version, str):
        # No catalog has a number with more digits; of thousands, Python makes no number at all.
        return int(version) if version.isdecimal() and len(version) <= _DIGITS else version
    if not isinstance(version, bool):
        with contextlib.suppress(TypeError):
            number = operator.index(version)  # type: ignore[arg-type] # finds out by trying
            if abs(number) < 10**_DIGITS:
                return number
            raise ConfigurationError(
                f"a number with more than {_DIGITS} digits is not a version: give the number of one"
            )
    raise ConfigurationError(
        f"{version!r} is not a version: give a whole number, 'latest', or an alias"
    )


def _obstacle(name: str) -> str | None:
    if not name:
        return "is empty"
    if len(name) > MAX_LENGTH:
        return f"has {len(name)} characters, and at most {MAX_LENGTH} are kept"
    if name != name.strip():
        return "begins or ends with white space"
    for letter in name:
        # Control, format, surrogate, private, unassigned, line and paragraph separators.
        if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
            return f"contains {letter!r}, which cannot be printed"
    if any(part in {".", ".."} for part in name.replace("\\", "/").split("/")):
        return "has '.' or '..' as a part of a path"
    return None
