"""Text that may be shown: URLs without their passwords."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

_QUERY_SECRET = re.compile(r"(?i)((?:password|passwd|token|secret|key|sig|signature)[^=&]*=)[^&]*")


def redact_url(url: str) -> str:
    """Returns ``url`` with its password, user token and secret query values replaced by ``***``.

    A name and password become ``user:***``; a name alone, which is how tokens are
    often given, becomes ``***``. Text that is not a URL comes back as it is.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return "***"
    if not parts.scheme or not (parts.netloc or parts.query):
        return url
    return _without_secrets(parts)


def _without_secrets(parts: SplitResult) -> str:
    credentials, at, host = parts.netloc.rpartition("@")
    if at:
        user, colon, _ = credentials.partition(":")
        credentials = f"{user}:***" if colon else "***"
    query = _QUERY_SECRET.sub(r"\1***", parts.query)
    return parts._replace(netloc=credentials + at + host, query=query).geturl()
