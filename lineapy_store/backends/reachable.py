"""Whether a tracking server answers: known within seconds, and told without its password."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from lineapy_store.errors import BackendUnavailableError
from lineapy_store.redact import cause as shown_cause
from lineapy_store.redact import redact

if TYPE_CHECKING:
    from collections.abc import Iterator

CONNECT_SECONDS = 3

#: For how many seconds a server may fail, unless the environment says otherwise: a person waits,
#: and a save that fails is to have done so within 10.
PATIENCE = 8.0

_SHOWN = 1000  # letters of MLflow's own message, which can hold a whole page


def patience() -> float:
    """Returns for how many seconds a server may fail: ``MLFLOW_HTTP_REQUEST_TIMEOUT`` if set."""
    from mlflow.environment_variables import (  # noqa: PLC0415 - imported when a value needs it
        MLFLOW_HTTP_REQUEST_TIMEOUT,
    )

    return (
        float(MLFLOW_HTTP_REQUEST_TIMEOUT.get())
        if MLFLOW_HTTP_REQUEST_TIMEOUT.is_set()
        else PATIENCE
    )


def require_reachable(uri: str, *, has_been_used: bool = False) -> None:
    """Returns within seconds when something answers at ``uri``, as far as can be told.

    Args:
        uri: Of a server or database.
        has_been_used: Whether a database file has to be there, which MLflow would make otherwise.

    Raises:
        BackendUnavailableError: Nothing answers; the message has the URI and how long it took.
    """
    scheme = uri.partition("://")[0].partition("+")[0]
    if scheme in {"http", "https"}:
        _require_answer(uri)
    elif scheme == "sqlite":
        _require_database_file(uri, has_been_used=has_been_used)
    elif scheme in {"postgresql", "mysql", "mssql"}:
        _require_database(uri)


def _require_answer(uri: str) -> None:
    import requests  # noqa: PLC0415 - MLflow's own dependency, imported when MLflow is used

    seconds = patience()
    outcome: queue.SimpleQueue[Exception | None] = queue.SimpleQueue()

    def ask() -> None:
        try:
            with requests.get(f"{uri.rstrip('/')}/health", timeout=seconds, stream=True):
                outcome.put(None)
        except requests.exceptions.SSLError:
            outcome.put(None)  # Something is there; MLflow's own settings say whom to trust.
        except Exception as error:  # noqa: BLE001 - told by the thread that waits
            outcome.put(error)

    # The library's limit is for each wait: names to look up, several addresses, redirects and
    # answers that come byte by byte would each begin anew.
    threading.Thread(target=ask, name="lineapy-health", daemon=True).start()
    try:
        error = outcome.get(timeout=seconds)
    except queue.Empty:
        error = TimeoutError("no answer")
    if isinstance(error, (OSError, ValueError)):  # requests' own errors are among the first
        raise _unreachable(
            uri,
            f"{type(error).__name__} on GET /health, within {seconds:g} s (the environment "
            "variable MLFLOW_HTTP_REQUEST_TIMEOUT sets another number)",
        ) from shown_cause(error)
    if error is not None:
        raise error


def _require_database_file(uri: str, *, has_been_used: bool) -> None:
    path = Path(uri.partition(":///")[2].partition("?")[0])
    if path.name and not path.parent.is_dir():
        raise _unreachable(uri, f"there is no folder {path.parent}")
    if path.name and has_been_used and not path.is_file():
        raise _unreachable(uri, f"there is no file {path}")
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
        raise _unreachable(uri, why) from shown_cause(error)


def _unreachable(uri: str, why: str) -> BackendUnavailableError:
    return BackendUnavailableError(
        f"MLflow at {redact(uri)} cannot be reached: {redact(why)}. Start it, or set the option "
        "'mlflow_tracking_uri' to where it is. Nothing was saved anywhere else"
    )


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
        chain = list(causes(error))
        # What MLflow makes of its own error later may be wrong, such as that access is missing.
        request = next((each for each in chain if "API request to" in str(each)), None)
        # Cut afterwards: of half a URL nobody can tell what is a password.
        told = redact(str(request or error)[: 20 * _SHOWN])[:_SHOWN]
        network = requests.exceptions.ConnectionError, requests.exceptions.Timeout
        for each in chain:
            if isinstance(each, network) or type(each).__module__.startswith("urllib3."):
                raise _unreachable(uri, f"{type(each).__name__}: {told}") from shown_cause(error)
        if request is not None or any(
            isinstance(each, requests.exceptions.RequestException) for each in chain
        ):
            raise BackendUnavailableError(
                f"MLflow at {redact(uri)} refused: {told}. Nothing was saved anywhere else"
            ) from shown_cause(error)
        if any(redact(str(each)) != str(each) for each in chain):
            raise BackendUnavailableError(f"MLflow at {redact(uri)} failed: {told}") from None
        raise


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yields an error, what it was raised for, and so on."""
    seen: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in seen:  # one that is raised again can be in a circle
        seen.append(cause)
        yield cause
        cause = cause.__cause__ or cause.__context__
