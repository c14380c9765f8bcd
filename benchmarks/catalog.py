"""Does finding the newest version of a name cost more in a large catalog than in a small one?

Prints, for each database, the median time of `Catalog.find` over names drawn at random, in a
catalog of 1,000 rows and in one of 1,000,000, measured in turns, and their ratio; and the time of
a save's `reserve` and `commit`. Goal: a ratio of at most 1.5.

    python benchmarks/catalog.py [--rows 1000000] [--postgres-url postgresql://...]

Without a URL, PostgreSQL is measured if the tests could start it (tests/plugins/postgres.py). A
database given by a URL has to be empty, and is left as it was.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import random
import statistics
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from lineapy_store.catalog import Catalog
from lineapy_store.records import ArtifactRecord, Reservation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SMALL = 1_000
VERSIONS = 100  # of each name
REPEATS = 3_000

HEXADECIMAL = {"sqlite": "printf('%032x', n)", "postgresql": "lpad(to_hex(n), 32, '0')"}
FILL = """
WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})
INSERT INTO lineapy_store_artifacts ({columns})
SELECT {values} FROM numbers, lineapy_store_artifacts WHERE name = 'template'
"""


def save(catalog: Catalog, name: str) -> None:
    """Save a version the way the store does."""
    now, identity = datetime.now(UTC), uuid.uuid4().hex
    digest = uuid.uuid4().hex * 2
    catalog.reserve(
        Reservation(artifact_id=identity, digest=digest, host="host", pid=1, date_created=now)
    )
    catalog.commit(
        ArtifactRecord(
            artifact_id=identity,
            name=name,
            version=-1,
            date_created=now,
            storage_backend="lineapy",
            storage_path=f"/home/user/.lineapy/content/{digest}",
            reason="the option mlflow_tracking_uri is not set",
            requested_backend=None,
            value_type="sklearn.linear_model._logistic.LogisticRegression",
            digest=digest,
            size=1000,
            session_id=identity,
            python_version="3.11.7",
            environment={"platform": "Linux", "packages": {"scikit-learn": "1.7", "numpy": "2.3"}},
            log_model_arguments={},
        )
    )


def fill(url: str, rows: int) -> Catalog:
    """Return a catalog with so many versions."""
    catalog = Catalog(url)
    save(catalog, "template")
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    hexadecimal = HEXADECIMAL[engine.dialect.name]
    columns = [
        column["name"] for column in sa.inspect(engine).get_columns("lineapy_store_artifacts")
    ]
    made = {
        "name": f"'model-' || (n / {VERSIONS})",
        "version": f"n % {VERSIONS}",
        "artifact_id": hexadecimal,
        "digest": f"{hexadecimal} || {hexadecimal}",
    }
    values = [made.get(column, column) for column in columns]
    names = (
        "INSERT INTO lineapy_store_names WITH RECURSIVE numbers(n) AS "  # noqa: S608 - our numbers
        f"(SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {rows // VERSIONS - 1}) "
        f"SELECT 'model-' || n, {VERSIONS} FROM numbers"
    )
    text = FILL.format(last=rows - 1, columns=", ".join(columns), values=", ".join(values))
    with engine.begin() as connection:
        connection.execute(sa.text(names))
        connection.execute(sa.text(text))
    if engine.dialect.name == "postgresql":  # what its autovacuum would do before long
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))
    engine.dispose()
    return catalog


def timed(function: Callable[..., Any], *arguments: Any) -> float:
    """Return the seconds that a call takes."""
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def measure(label: str, urls: list[str], rows: int) -> None:
    """Print the figures of one kind of database."""
    catalogs = [fill(url, count) for url, count in zip(urls, (SMALL, rows), strict=True)]
    draw = random.Random(1)  # noqa: S311 - not for secrets
    seconds: list[list[float]] = [[], []]
    for _ in range(REPEATS):
        for each, catalog, count in zip(seconds, catalogs, (SMALL, rows), strict=True):
            each.append(timed(catalog.find, f"model-{draw.randrange(count // VERSIONS)}"))
    small, large = map(statistics.median, seconds)
    saves = [timed(save, catalogs[1], "model-0") for _ in range(300)]
    print(
        f"{label}: find among {SMALL:,} rows {small * 1e3:.3f} ms, among {rows:,} rows "
        f"{large * 1e3:.3f} ms, ratio {large / small:.2f}; "
        f"reserve and commit {statistics.median(saves) * 1e3:.2f} ms"
    )
    for catalog in catalogs:
        catalog.dispose()


@contextlib.contextmanager
def postgres_urls(given: str | None) -> Iterator[list[str]]:
    """Give the URLs of two empty databases."""
    with contextlib.ExitStack() as stack:
        if given is None:
            sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "plugins"))
            server = stack.enter_context(importlib.import_module("postgres").running_server())
            yield [stack.enter_context(server.database()) for _ in range(2)]
            return
        url = sa.make_url(given).set(drivername="postgresql+psycopg")
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        stack.callback(engine.dispose)
        connection = stack.enter_context(engine.connect())
        schemas = ["lineapy_store_small", "lineapy_store_large"]
        for schema in schemas:
            connection.execute(sa.schema.CreateSchema(schema))
            stack.callback(connection.execute, sa.schema.DropSchema(schema, cascade=True))
        yield [
            url.set(drivername="postgresql")
            .update_query_dict({"options": f"-csearch_path={schema}"})
            .render_as_string(hide_password=False)
            for schema in schemas
        ]


def main() -> None:
    """Measure both kinds of database."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the large catalog")
    parser.add_argument("--postgres-url", help="an empty database, instead of a server of our own")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        urls = [f"sqlite:///{folder}/{size}.sqlite" for size in ("small", "large")]
        measure("SQLite", urls, arguments.rows)
    try:
        with postgres_urls(arguments.postgres_url) as urls:
            measure("PostgreSQL", urls, arguments.rows)
    except (ImportError, AssertionError) as error:
        print(f"PostgreSQL: not measured, {error}")


if __name__ == "__main__":
    main()
