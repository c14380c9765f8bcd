"""Text that may be shown: without the passwords of the URLs in it."""

from __future__ import annotations

import re

# As lenient as those who read URLs: SQLAlchemy takes a password with slashes in it.
_USERINFO = re.compile(r"://(?:(?P<user>[^/@\s:]*):\S*|[^/@\s]+)@")
_QUERY = re.compile(
    r"(?i)([?&;][^=&\s]*(?:key|secret|token|pass|pwd|cred|sas|auth|sign)[^=&\s]*=)[^&\s]*"
)


def redact(text: str) -> str:
    """Returns ``text`` with ``***`` for the secrets of every URL in it.

    A name and password become ``name:***``; a name alone, which is how tokens are often given,
    becomes ``***``; so do values in a query whose names sound like secrets.
    """
    text = _USERINFO.sub(
        lambda match: "://***@" if match["user"] is None else f"://{match['user']}:***@", text
    )
    return _QUERY.sub(r"\1***", text)
