"""Whether a tracking server answers: known within seconds, and told without its password."""

from __future__ import annotations

import contextlib
import os
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from lineapy_store.errors import BackendUnavailableError
from lineapy_store.redact import redact

if TYPE_CHECKING:
    from collections.abc import Iterator

CONNECT_SECONDS = 3
ANSWER_SECONDS = 5.0


def require_reachable(uri: str) -> None:
    """Returns within seconds when something answers at ``uri``, as far as can be told.

    Raises:
        BackendUnavailableError: Nothing answers; the message has the URI and how long it took.
    """
    scheme = uri.partition("://")[0].partition("+")[0]
    if scheme in {"http", "https"}:
        _require_answer(uri)
    elif scheme == "sqlite":
        _require_database_file(uri)
    elif scheme in {"postgresql", "mysql", "mssql"}:
        _require_database(uri)


def _require_answer(uri: str) -> None:
    import requests  # noqa: PLC0415 - MLflow's own dependency, imported when MLflow is used

    try:
        requests.get(f"{uri.rstrip('/')}/health", timeout=(CONNECT_SECONDS, ANSWER_SECONDS))
    except requests.exceptions.SSLError:
        pass  # Something is there; MLflow's own settings say whom to trust.
    except (requests.exceptions.RequestException, ValueError) as error:
        raise _unreachable(
            uri,
            f"{type(error).__name__} on GET /health, tried to connect for {CONNECT_SECONDS:g} s "
            f"and waited {ANSWER_SECONDS:g} s for an answer",
        ) from _shown(error)


def _require_database_file(uri: str) -> None:
    path = Path(uri.partition(":///")[2].partition("?")[0])
    if path.name and not path.parent.is_dir():
        raise _unreachable(uri, f"there is no folder {path.parent}")
    for target, mode in ((path, os.R_OK | os.W_OK), (path.parent, os.W_OK | os.X_OK)):
        if target.exists() and not os.access(target, mode):
            raise _unreachable(uri, f"{target} is not writable")


def _require_database(uri: str) -> None:
    """Connects once, as MLflow does, which tries for minutes."""
    import sqlalchemy as sa  # noqa: PLC0415 - imported when a value needs it

    try:
        url = sa.make_url(uri)
        seconds = {} if url.get_backend_name() == "mssql" else {"connect_timeout": CONNECT_SECONDS}
        engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args=seconds)
        engine.connect().close()
    except Exception as error:  # noqa: BLE001 - every driver has errors of its own
        why = f"{type(error).__name__}: {error}, tried for {CONNECT_SECONDS:g} s"
        raise _unreachable(uri, why) from _shown(error)


def _unreachable(uri: str, why: str) -> BackendUnavailableError:
    return BackendUnavailableError(
        f"MLflow at {redact(uri)} cannot be reached: {redact(why)}. Start it, or set the option "
        "'mlflow_tracking_uri' to where it is. Nothing was saved anywhere else"
    )


def _shown(error: Exception) -> Exception | None:
    """Returns an error to chain, unless its traceback would show a password."""
    text = "".join(traceback.format_exception(error))
    return error if redact(text) == text else None


@contextlib.contextmanager
def explained(uri: str) -> Iterator[None]:
    """Turns a connection that fails half-way, and a server that refuses, into the error for it.

    Raises:
        BackendUnavailableError: That is what happened inside; other errors come out as they are.
    """
    import requests  # noqa: PLC0415 - MLflow's own dependency, imported when MLflow is used
    from mlflow.exceptions import MlflowException  # noqa: PLC0415 - imported when a value needs it

    try:
        yield
    except (MlflowException, requests.exceptions.RequestException) as error:
        chain: list[BaseException] = [error]
        while cause := chain[-1].__cause__ or chain[-1].__context__:
            chain.append(cause)
        for cause in chain:
            if isinstance(
                cause, (requests.exceptions.ConnectionError, requests.exceptions.Timeout)
            ) or type(cause).__module__.startswith("urllib3."):
                why = f"{type(cause).__name__}: {error}"
                raise _unreachable(uri, why) from _shown(error)
            if isinstance(cause, requests.exceptions.HTTPError) or "API request to" in str(cause):
                raise BackendUnavailableError(
                    f"MLflow at {redact(uri)} refused: {redact(str(error))}. Nothing was saved "
                    "anywhere else"
                ) from _shown(error)
        raise
