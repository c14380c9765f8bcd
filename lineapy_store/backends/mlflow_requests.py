"""MLflow's HTTP requests: given up within seconds when the server fails, never while it works."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from lineapy_store.backends.reachable import causes, patience

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

#: Bytes for which a server may take a second longer to store or to fetch them.
_SLOW_STORAGE = 1_000_000

#: What a server answers that may do better in a moment, as MLflow has it.
_TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})

#: Those of them that say that nothing was done.
_REFUSED = frozenset({429, 503})

_SHOWN = 300  # letters of what a server answered


class Requests:
    """The requests of one call of the store, which together have one measure of patience.

    MLflow would give each request minutes, and a save is a dozen of them. Here the time counts
    from when the server began to fail, over all requests that follow, until one is answered: when
    it is longer than `patience`, the request fails, and those after it fail at once. Bytes that
    flow are no failure, so that a model may be of any size; and a server that has to store a file
    before it answers, or to fetch it, has longer the larger it is.

    Args:
        size: Bytes of the model that is read, if one is.

    Attributes:
        in_doubt: Whether a request to make something has failed in a way that does not tell
            whether it was made, or will be.
    """

    def __init__(self, size: int = 0) -> None:
        self.in_doubt = False
        self._size = size
        self._patience = patience()
        self._failing_since: float | None = None
        self._failure: Exception | None = None

    def send(  # noqa: PLR0913 - what is looked at of the function that this stands in for
        self,
        original: Callable[..., Any],
        host_creds: Any,
        endpoint: str,
        method: str,
        *,
        max_retries: int | None = None,
        timeout: float | None = None,
        raise_on_status: bool = True,
        retry_codes: Collection[int] = _TRANSIENT,
        retry_read_errors: bool = True,
        **given: Any,
    ) -> Any:
        """Returns the response to a request, as MLflow's ``http_request`` does.

        Args:
            original: That function.
            host_creds: Its argument, like those below.
            endpoint: The path.
            method: Such as ``"POST"``.
            max_retries: How often to try again; what the environment says unless given.
            timeout: Seconds, for a request that matters little.
            raise_on_status: Whether to raise if the server says to the end that it fails.
            retry_codes: What the server has to say for the request to be tried again.
            retry_read_errors: Whether to try again what the server may have done.
            **given: Further arguments.

        Raises:
            MlflowException: The server fails, or something else answers in its place.
        """
        if getattr(host_creds, "use_databricks_sdk", False):  # which has its own way with this
            given |= {"max_retries": max_retries, "timeout": timeout, "retry_codes": retry_codes}
            return original(host_creds, endpoint, method, raise_on_status=raise_on_status, **given)
        given.pop("retry_on_retry_after", None)
        from mlflow.exceptions import MlflowException  # noqa: PLC0415 - when a value needs it

        start, size = _extent(given.get("data"))
        allowance = (self._size if given.get("stream") else size) / _SLOW_STORAGE
        # What follows on a failure, such as cleaning up, is not worth a further wait.
        pauses = _pauses(0 if self._failure else max_retries)
        while True:
            left = self._left()
            if left <= 0 and self._failure is not None:
                raise MlflowException(str(self._failure)) from self._failure
            began, seconds = time.monotonic(), timeout or (left, left + allowance)
            tried = _tried(original, host_creds, endpoint, method, timeout=seconds, **given)
            if tried.failure is None:
                self._failing_since = self._failure = None
                return tried.response
            self._failure = self._failure or tried.failure
            if tried.silent and timeout is None:
                self._failing_since = time.monotonic() - self._patience
            elif self._failing_since is None:
                self._failing_since = min(began + allowance, time.monotonic())
            self.in_doubt |= method == "POST" and not tried.refused
            pause = max(next(pauses, self._patience), tried.pause)
            again = tried.refused or (
                retry_read_errors
                if tried.response is None
                else tried.response.status_code in retry_codes
            )
            if pause >= self._left() or not again:
                if tried.response is not None and not raise_on_status:
                    return tried.response
                raise tried.failure
            time.sleep(pause)
            if start is not None:
                given["data"].seek(start)

    def _left(self) -> float:
        """Returns how many seconds longer the server may fail."""
        if self._failing_since is None:
            return self._patience
        return self._patience - (time.monotonic() - self._failing_since)


def _extent(body: Any) -> tuple[int | None, int]:
    """Returns where a file that is to be sent begins, and how many bytes follow."""
    try:
        start = body.tell()
        return start, os.fstat(body.fileno()).st_size - start
    except (AttributeError, OSError):  # no body, or not a file
        return None, 0


def _pauses(retries: int | None) -> Iterator[float]:
    """Yields the seconds before each further try, which grow as MLflow has them grow."""
    from mlflow.environment_variables import (  # noqa: PLC0415 - imported when a value needs it
        MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR,
        MLFLOW_HTTP_REQUEST_MAX_RETRIES,
    )

    factor = MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR.get()
    for number in range(MLFLOW_HTTP_REQUEST_MAX_RETRIES.get() if retries is None else retries):
        yield factor * 2**number if number else 0.0


class _Tried(NamedTuple):
    """What came of one try.

    Attributes:
        response: What was answered, if anything was.
        failure: Why that will not do, or None if it will.
        refused: Whether it is certain that the server did nothing.
        silent: Whether it said nothing for as long as it was given.
        pause: Seconds for which it wants to be left alone.
    """

    response: Any = None
    failure: Exception | None = None
    refused: bool = False
    silent: bool = False
    pause: float = 0.0


def _tried(original: Callable[..., Any], *request: Any, **given: Any) -> _Tried:
    """Sends a request once.

    Raises:
        MlflowException: A page for people is the answer.
        Exception: Whatever else has nothing to do with the network.
    """
    from mlflow.exceptions import MlflowException  # noqa: PLC0415 - imported when a value needs it
    from requests import exceptions as of_requests  # noqa: PLC0415 - MLflow's own dependency
    from urllib3 import exceptions as of_urllib3  # noqa: PLC0415 - as above

    network = of_requests.ConnectionError, of_requests.Timeout, of_requests.ChunkedEncodingError
    silence = of_requests.Timeout, TimeoutError
    connecting = of_urllib3.NewConnectionError, of_urllib3.ConnectTimeoutError
    try:
        response = original(
            *request, max_retries=0, retry_codes=frozenset(), raise_on_status=False, **given
        )
    except Exception as error:
        if not _is_any(error, network):
            raise
        refused, silent = _is_any(error, connecting), _is_any(error, silence)
        return _Tried(failure=error, refused=refused, silent=silent)
    path, status, told = request[1], response.status_code, response.headers
    if status in _TRANSIENT:
        failure = MlflowException(
            f"API request to {path} failed with status {status}: {response.text[:_SHOWN]}"
        )
        asked = told.get("Retry-After", "")
        pause = float(asked) if asked.isdecimal() else 0.0
        return _Tried(response, failure, refused=status in _REFUSED, pause=pause)
    page = told.get("Content-Type", "").startswith("text/html")
    if page and not path.endswith((".html", ".htm")):  # which MLflow would take for its answer
        raise MlflowException(
            f"API request to {path} was answered with a page for people, as by a proxy or a login: "
            f"{response.text[:_SHOWN]}"
        )
    return _Tried(response)


def _is_any(error: Exception, kinds: tuple[type[Exception], ...]) -> bool:
    return any(isinstance(each, kinds) for each in causes(error))
