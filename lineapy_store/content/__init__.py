"""Objects to bytes, and bytes to files named after their digest."""

from lineapy_store.content.blobs import ContentStore, Staged
from lineapy_store.content.codec import Encoded, encode

__all__ = ["ContentStore", "Encoded", "Staged", "encode"]
