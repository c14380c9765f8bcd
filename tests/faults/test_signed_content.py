"""With a signing key, nothing is unpickled that was not signed with it."""

from __future__ import annotations

import functools
import hmac
import shutil
from typing import TYPE_CHECKING

import pytest

from lineapy_store import Store
from lineapy_store.errors import UntrustedArtifactError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from random import Random

    from tests.plugins.faults import MakeTrials
    from tests.plugins.hostile import Writes, file_of, forge, plant
else:
    from hostile import Writes, file_of, forge, plant

_KEY = "the team's key"


def _content(home: Path, name: str) -> Path:
    """The file of a value."""
    with Store(home_dir=home) as store:
        digest = store.get(name).get_metadata().lineapy.digest
    (file,) = home.glob(f"content/*/*/{digest}")
    return file


def _unsigned(home: Path, _: Random, pwned: Path) -> None:
    with Store(home_dir=home) as store:
        store.save(Writes(pwned), "clf")


def _of_another_key(home: Path, random: Random, pwned: Path) -> None:
    with Store(home_dir=home, signing_key=random.randbytes(16)) as store:
        store.save(Writes(pwned), "clf")


def _another_file(home: Path, _: Random, pwned: Path) -> None:
    _content(home, "clf").write_bytes(file_of(Writes(pwned))[0])


def _another_byte(home: Path, random: Random, __: Path) -> None:
    file = _content(home, "clf")
    data = bytearray(file.read_bytes())
    data[random.randrange(len(data))] ^= random.randrange(1, 256)
    file.write_bytes(data)


def _another_digest(home: Path, __: Random, pwned: Path) -> None:
    forge(home, "clf", 0, digest=plant(home, Writes(pwned)))


def _no_signature(home: Path, random: Random, pwned: Path) -> None:
    signature = random.choice([None, "", "0" * 64, "é", random.randbytes(32).hex()])
    forge(home, "clf", 0, digest=plant(home, Writes(pwned)), signature=signature)


def _another_column(home: Path, random: Random, _: Path) -> None:
    column, value = random.choice(
        [
            ("artifact_id", random.randbytes(16).hex()),
            ("value_type", "builtins.str"),
            ("storage_backend", "mlflow"),
            ("mlflow", '{"model_uri": "models:/m-1"}'),
            ("version", 7),
            ("code", '{"document": "00"}'),
        ]
    )
    forge(home, "clf", 0, **{column: value})


def _signed_for_another_name(home: Path, _: Random, __: Path) -> None:
    forge(home, "other", 0, name="clf", version=1)


def _signature_of_another(home: Path, _: Random, __: Path) -> None:
    with Store(home_dir=home) as store:
        other = store.get("other")._record  # noqa: SLF001 - what the attacker reads
    forge(home, "clf", 0, digest=other.digest, signature=other.signature)


_ATTACKS: list[Callable[[Path, Random, Path], None]] = [
    _unsigned,
    _of_another_key,
    _another_file,
    _another_byte,
    _another_digest,
    _no_signature,
    _another_column,
    _signed_for_another_name,
    _signature_of_another,
]


def _is_refused(read: Callable[[], object]) -> bool:
    try:
        read()
    except UntrustedArtifactError as error:
        return "'clf'" in str(error)
    return False


def test_what_was_not_signed_is_not_unpickled(tmp_path: Path, trials_of: MakeTrials) -> None:
    """Whatever is altered in the catalog or the content, the read is refused, and nothing runs."""
    before, home, pwned = tmp_path / "before", tmp_path / "home", tmp_path / "pwned"
    with Store(home_dir=before, signing_key=_KEY) as store:
        store.save({"weights": [1.0, 2.0]}, "clf")
        store.save({"weights": [3.0]}, "other")
    trials = trials_of("signed content is altered or replaced", rounds=500, few=27)
    for number in trials:
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(before, home)
        attack = _ATTACKS[number % len(_ATTACKS)]
        with Store(home_dir=home, signing_key=["a newer key", _KEY]) as store:
            assert store.get("clf").get_value() == {"weights": [1.0, 2.0]}
        attack(home, trials.random, pwned)
        with Store(home_dir=home, signing_key=["a newer key", _KEY]) as store:
            mode = trials.random.choice([None, "r", "c"])
            artifact = store.get("clf")
            reads = functools.partial(artifact.get_value, mmap_mode=mode), artifact.verify
            trials.wrong += sum(not _is_refused(read) for read in reads)
        trials.wrong += pwned.exists()
        pwned.unlink(missing_ok=True)
    trials.check()


def test_without_a_key_the_same_pickle_runs(tmp_path: Path) -> None:
    """Without a key, whoever may write to the store runs code where it is read."""
    pwned = tmp_path / "pwned"
    with Store(home_dir=tmp_path / "home") as store:
        store.save(1, "clf")
        forge(tmp_path / "home", "clf", 0, digest=plant(tmp_path / "home", Writes(pwned)))
        store.get("clf").get_value().close()
    assert pwned.exists()


def test_keys_are_rotated(tmp_path: Path) -> None:
    """Of a list of keys the first signs and each reads; one that is left out does not."""
    home = tmp_path / "home"
    keys = [f"key {number}" for number in range(4)]
    for number in range(len(keys)):
        with Store(home_dir=home, signing_key=keys[number::-1]) as store:
            store.save(number, "clf")
            assert [store.get("clf", old).get_value() for old in range(number + 1)] == list(
                range(number + 1)
            )
    for number in range(len(keys)):
        with Store(home_dir=home, signing_key=keys[number]) as store:
            for version in range(len(keys)):
                if version == number:
                    assert store.get("clf", version).get_value() == version
                else:
                    with pytest.raises(UntrustedArtifactError):
                        store.get("clf", version).get_value()


def test_signatures_are_compared_in_constant_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each key's signature is compared by the function that does not tell how far it got."""
    compared: list[tuple[bytes, bytes]] = []
    compare = hmac.compare_digest

    def spy(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return compare(one, other)

    with Store(home_dir=tmp_path / "home", signing_key=["new", "old", "older"]) as store:
        store.save(1, "clf")
        monkeypatch.setattr(hmac, "compare_digest", spy)
        assert store.get("clf").get_value() == 1
    assert len(compared) == 3
