"""A bucket on an S3 server of the tests' own, which is moto's: real HTTP on 127.0.0.1."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


class S3Location(NamedTuple):
    """Where a test may store content, with what fsspec needs to get there."""

    url: str
    storage_options: dict[str, Any]


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """URL of an S3 server, one for each worker: tests have buckets of their own."""
    pytest.importorskip("s3fs", reason="s3:// URLs need the extra s3")
    moto = pytest.importorskip("moto.server", reason="the S3 server is moto's")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_location(s3_endpoint: str) -> S3Location:
    """An empty bucket, and a prefix in it."""
    import s3fs  # noqa: PLC0415 - not installed in every environment

    storage_options = {
        "key": "test-key-id",
        "secret": "test-secret",
        "client_kwargs": {"endpoint_url": s3_endpoint},
    }
    bucket = f"bucket-{uuid.uuid4().hex}"
    s3fs.S3FileSystem(**storage_options).mkdir(bucket)
    return S3Location(f"s3://{bucket}/artifacts", storage_options)
