"""Any sequence of saves, removals and aliases, against a model of a few lines."""

from __future__ import annotations

import tempfile
import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from lineapy_store.catalog import Catalog
from lineapy_store.errors import ArtifactNotFoundError
from lineapy_store.records import ArtifactRecord, Reservation

NAMES = st.sampled_from(["a", "A", "b c", "ü"])
ALIASES = st.sampled_from(["prod", "test"])


class CatalogMachine(RuleBasedStateMachine):
    """A catalog in SQLite next to dictionaries that say what it must hold."""

    @initialize()
    def start(self) -> None:
        """Begin with an empty catalog."""
        self.folder = tempfile.TemporaryDirectory()
        self.catalog = Catalog(f"sqlite:///{self.folder.name}/catalog.sqlite")
        self.given: dict[str, int] = {}
        self.there: dict[tuple[str, int], ArtifactRecord] = {}
        self.aliases: dict[tuple[str, str], int] = {}

    def teardown(self) -> None:
        """Close and remove it."""
        self.catalog.dispose()
        self.folder.cleanup()

    @rule(name=NAMES, text=st.text(st.characters(exclude_categories=["Cs"]), max_size=5))
    def save(self, name: str, text: str) -> None:
        """A save has the next version of its name."""
        identity = uuid.uuid4().hex
        moment = datetime.now(UTC)
        self.catalog.reserve(
            Reservation(artifact_id=identity, digest="00", host="h", pid=1, date_created=moment)
        )
        record = self.catalog.commit(
            ArtifactRecord(
                artifact_id=identity,
                name=name,
                version=-1,
                date_created=moment,
                storage_backend="lineapy",
                storage_path=text,
                reason=text,
                requested_backend=text,
                value_type=text,
                digest="00",
                size=len(text),
                session_id="0",
                python_version="3",
                environment={text: [text]},
                log_model_arguments={},
            )
        )
        assert record.version == self.given.get(name, 0)
        self.given[name] = record.version + 1
        self.there[name, record.version] = record

    @rule(name=NAMES, version=st.integers(0, 4))
    def remove(self, name: str, version: int) -> None:
        """A removed version takes its aliases along."""
        record = self.there.pop((name, version), None)
        assert self.catalog.remove(record.artifact_id if record else "none") == bool(record)
        for key, target in list(self.aliases.items()):
            if key[0] == name and target == version:
                del self.aliases[key]

    @rule(name=NAMES, alias=ALIASES, version=st.integers(0, 4))
    def set_alias(self, name: str, alias: str, version: int) -> None:
        """An alias names a version that is there."""
        if (name, version) in self.there:
            self.catalog.set_alias(name, alias, version)
            self.aliases[name, alias] = version
        else:
            with pytest.raises(ArtifactNotFoundError):
                self.catalog.set_alias(name, alias, version)

    @invariant()
    def same(self) -> None:
        """The catalog lists and finds what the model holds."""
        listed = list(self.catalog.records())
        order = sorted(self.there, key=lambda key: (key[0].encode(), key[1]))
        assert listed == [self.there[key] for key in order]
        for (name, alias), version in self.aliases.items():
            assert self.catalog.find(name, alias) == self.there[name, version]
        assert sum(len(self.catalog.aliases(name)) for name in self.given) == len(self.aliases)
        for name in {name for name, _ in self.there}:
            newest = max(version for other, version in self.there if other == name)
            assert self.catalog.find(name) == self.there[name, newest]


TestCatalogModel = CatalogMachine.TestCase
TestCatalogModel.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
