"""What is shown of URLs."""

from __future__ import annotations

import pytest

from lineapy_store.redact import as_url, has_secret, redact


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://me:S3cr3t@host:1/x", "http://me:***@host:1/x"),
        ("https://S3cr3t@host/x", "https://***@host/x"),
        ("postgresql://me:S3/cr#3?t@host/db", "postgresql://me:***@host/db"),
        ("postgresql://me:S3@cr3t@host/db", "postgresql://me:***@host/db"),
        ("simplecache::s3://AKIA:S3cr3t@bucket/p", "simplecache::s3://AKIA:***@bucket/p"),
        ("postgresql://me@server:S3cr3t@host/db", "postgresql://***@host/db"),
        ("https://S3cr3t@host:5000/a@b", "https://***@host:5000/a@b"),
        ("mssql+pyodbc:///?odbc_connect=x%3BPWD%3DS3cr3t", "mssql+pyodbc:///?odbc_connect=***"),
        ("s3://bucket?secret=S3cr3t&x=1", "s3://bucket?secret=***&x=1"),
        ("postgresql://h/db?pwd=S3cr3t", "postgresql://h/db?pwd=***"),
        ("{'Authorization': 'Basic bWU6UzNjcjN0'}", "{'Authorization': 'Basic ***'}"),
        ("authorization: Bearer S3.cr-3t\nHost: h", "authorization: Bearer ***\nHost: h"),
        (
            "failed: http://a:S3cr3t@h/api and http://b:S3cr3t@h/api (twice)",
            "failed: http://a:***@h/api and http://b:***@h/api (twice)",
        ),
    ],
)
def test_secrets_are_left_out(text: str, shown: str) -> None:
    """Passwords, tokens and secret query values are not shown, in a URL or a message."""
    assert redact(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no URL, but an address: me@example.org",
        "http://127.0.0.1:5000",
        "sqlite:////home/me@work/mlflow.db",
        "s3://bucket/folder@2",
        "models:/clf@prod",
    ],
)
def test_what_is_no_secret_is_shown(text: str) -> None:
    """Text without secrets comes back as it is."""
    assert redact(text) == text


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:S3 cr3t@host/db", "postgresql://me:***@host/db"),
        ("postgresql://me@server:S3 cr3t@host/db", "postgresql://***@host/db"),
        ("file:///my folder/x", "file:///my folder/x"),
        ("sqlite:////home/a b@c/x", "sqlite:////home/a b@c/x"),
    ],
)
def test_a_password_may_have_spaces(url: str, shown: str) -> None:
    """Of a URL by itself all is known to be of it, and it is still what it was."""
    assert repr(as_url(url)) == repr(shown)
    assert as_url(url) == url
    assert has_secret(url) == (url != shown)
