"""Every error and warning of the library, under one root.

A message names the value that was wrong and what to do about it.
"""

from __future__ import annotations


class StoreError(Exception):
    """Root of every error that the library raises on purpose."""


class ConfigurationError(StoreError, ValueError):
    """An option, a backend name or an argument has a value that cannot be used."""


class InvalidNameError(StoreError, ValueError):
    """An artifact name or alias cannot be kept, here or in the selected backend."""


class ArtifactNotFoundError(StoreError, LookupError):
    """No such name, version or alias; the message lists near names."""


class SerializationError(StoreError, TypeError):
    """A value cannot be pickled; the message gives the path to the part that cannot."""


class CorruptArtifactError(StoreError):
    """Stored content is missing or is not what was written; nothing of it was unpickled."""


class AlteredContentError(CorruptArtifactError):
    """Stored content is there, and is not what was written; `Store` says which kind that is."""


class UntrustedArtifactError(StoreError):
    """A signing key is set and the content is unsigned, altered or signed by another key."""


class BackendUnavailableError(StoreError, ConnectionError):
    """A backend does not answer or is not installed; the message says what was tried."""


class SliceError(StoreError):
    """The code that made an artifact cannot be given; the message says why."""


class FallbackWarning(UserWarning):
    """The lineapy backend took what was asked to go to MLflow."""
