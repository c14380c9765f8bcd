"""What may be shown: texts and values without their secrets, and errors without frames."""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# As lenient as those who read URLs: SQLAlchemy takes a password with slashes in it, and a name with
# an "@", as Azure's are: it is hidden with the password, from which nothing tells it.
_USERINFO = re.compile(
    r"(?P<name>://[^/@\s:]*:)(?P<password>\S*)@"
    r"|(?P<start>://)(?P<all>[^/@\s]+@[^/@\s:]*:[^/\s]*|[^/@\s]+)@"
)
_QUERY = re.compile(
    r"(?i)([?&;][^=&\s]*(?:key|secret|token|pass|pwd|cred|sas|auth|sign|odbc_connect)[^=&\s]*=)([^&\s]*)"
)
_HEADER = re.compile(r"(?i)(\bauthorization\W{1,9}\w+\s+)([\w+/=.~-]+)")
_SECRET_NAME = re.compile("key|secret|token|pass|pwd|cred|sas|auth|conn|sign", re.IGNORECASE)


class Url(str):
    """A URL whose representation has no password, as pytest shows the arguments of functions."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Returns it as it may be shown."""
        told = _told(self)
        return told if told == _HIDDEN else repr(told)


class _Hidden:
    __slots__ = ()

    def __repr__(self) -> str:
        return _HIDDEN


class HiddenText(_Hidden, str):
    """Text that is not shown."""

    __slots__ = ()


class HiddenBytes(_Hidden, bytes):
    """Bytes that are not shown."""

    __slots__ = ()


class HiddenDict(_Hidden, dict[str, Any]):
    """A dictionary that is not shown."""

    __slots__ = ()


_HIDDEN = "***"


def redact(text: str, fill: Callable[[str], str] = lambda _: _HIDDEN) -> str:
    """Returns ``text`` with ``***`` for the secrets of every URL in it.

    A name and password become ``name:***``; a name alone, which is how tokens are often given,
    becomes ``***``; so do values in a query whose names sound like secrets, and what a header of a
    request says of who asks.

    Args:
        text: Whatever may have URLs in it.
        fill: Returns what is there instead of a secret.
    """
    text = _USERINFO.sub(
        lambda found: (
            (found["name"] or found["start"]) + fill(found["password"] or found["all"] or "") + "@"
        ),
        text,
    )
    for pattern in (_QUERY, _HEADER):
        text = pattern.sub(lambda found: found[1] + fill(found[2]), text)
    return text


def _told(url: str) -> str:
    # Without a scheme nobody can tell what of it is secret.
    if "://" not in url and "@" in url.partition("/")[0]:
        return _HIDDEN
    return redact(_one_word(url)) if has_secret(url) else str(url)


def _one_word(url: str) -> str:
    # In a longer text a URL ends at a space; in a password there may be one.
    return re.sub(r"\s", "%20", url)


def has_secret(url: str) -> bool:
    """Returns whether there is something in a URL that is not to be shown."""
    whole = _one_word(url)
    return redact(whole) != whole


def as_url(text: str) -> str:
    """Returns a URL as a text whose representation has no password; without one, a plain text.

    What looks at exact types, as xdist and YAML do, does not take a class of ours.
    """
    plain, hiding = str(text), Url(text)
    return plain if repr(hiding) == repr(plain) else hiding


def shown(value: object) -> object:
    """Returns a value as it may be shown: where it is of a class of ours, of a plain one."""
    if isinstance(value, Url):
        return _told(value)
    if isinstance(value, _Hidden):
        return _HIDDEN
    return tuple(map(shown, value)) if type(value) is tuple else value


def secrets_in(options: object, *, secret: bool = False) -> Iterator[str]:
    """Yields every text among options whose name, or that of an option around it, is a secret's."""
    if isinstance(options, Mapping):
        for name, option in options.items():
            yield from secrets_in(option, secret=secret or bool(_SECRET_NAME.search(str(name))))
    elif isinstance(options, list | tuple):
        for option in options:
            yield from secrets_in(option, secret=secret)
    elif isinstance(options, str) and options and secret:
        yield options


def cause(error: BaseException, redact: Callable[[str], str] = redact) -> BaseException | None:
    """Returns an error to raise another from, or None if what it says is not to be shown.

    It does not tell where it was raised: pytest shows the arguments of all functions in between,
    and those of libraries may be passwords.

    Args:
        error: With all that it was raised for in turn.
        redact: Leaves out what is not to be shown.
    """
    text = "".join(traceback.format_exception(error))
    each: BaseException | None = error
    seen: list[BaseException] = []
    while each is not None and each not in seen:
        seen.append(each)
        each.__traceback__ = None
        each = each.__cause__ or each.__context__
    return error if redact(text) == text else None
