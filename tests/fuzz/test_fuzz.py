"""A hundred mutated inputs a reader, the same each time; many more with TANGGA_FUZZ=10000.

./tangga test -m fuzz                     all readers, a minute or two
TANGGA_FUZZ=10000 ./tangga test -m fuzz   hours
"""

from __future__ import annotations

import os
from pathlib import Path

import fuzz_run
import pytest
from fuzz_csv import mutate_csv
from fuzz_guide import Guide
from fuzz_inputs import Input
from fuzz_reader import NIK, Reader
from fuzz_readers import NAMES
from fuzz_worker import Worker

from tangga.errors import UserError

pytestmark = pytest.mark.fuzz
COUNT = int(os.environ.get("TANGGA_FUZZ", "120"))
COSTLY = {"release": 4, "upload": 4, "rules": 4, "csv": 2, "visits": 2, "office": 2, "policy": 2}
"""These get a part of the inputs only, since each of theirs takes long."""


@pytest.mark.parametrize("name", NAMES)
def test_no_reader_breaks_its_promises(name: str, tmp_path: Path) -> None:
    count = max(10, COUNT // COSTLY.get(name, 1))
    done = fuzz_run.fuzz(name, tmp_path, count=count)
    assert not done["found"], "\n".join(fuzz_run.kinds(tmp_path))
    assert done["read"] > count and done["refused"] and done["accepted"]


def _fails(folder: Path, read: object, **promises: object) -> set[str]:
    """Kinds of findings of a reader that breaks its promise, on sixty inputs."""
    promises = {"told": False, "silent": True, "seconds": 5.0, **promises}
    seeds = [Input("a.csv", b"id,nama\n1,A\n")]
    reader = Reader("r", lambda: seeds, mutate_csv, lambda _: read, ("nowhere",), **promises)  # type: ignore[arg-type]
    worker = Worker(reader, "1", folder)
    worker.run(0, 60, 600)
    return set(worker.sizes)


def test_what_counts_as_a_finding(tmp_path: Path) -> None:
    def torn(one: Input) -> None:
        one.content.decode()

    def tells(one: Input) -> None:
        raise UserError(f"wrong: {NIK}")

    def logs(one: Input) -> None:
        print(NIK)

    def slow(one: Input) -> None:
        sum(range(300_000))

    assert any(kind.startswith("UnicodeDecodeError") for kind in _fails(tmp_path, torn))
    assert "a person in a refusal" in _fails(tmp_path, tells)
    assert any(kind.startswith("names no file") for kind in _fails(tmp_path, tells, told=True))
    assert "a person in the log" in _fails(tmp_path, logs)
    assert "slow" in _fails(tmp_path, slow, seconds=0.001)
    assert not _fails(tmp_path, lambda one: None)


def test_the_same_seed_gives_the_same_inputs(tmp_path: Path) -> None:
    reader = Reader(
        "r", lambda: [Input("a.csv", b"a,b\n1,2\n")], mutate_csv, lambda _: print, ("none",)
    )
    made = [[Worker(reader, seed, tmp_path).mutated(n) for n in range(40)] for seed in "112"]
    assert made[0] == made[1] != made[2]


def test_the_guide_sees_each_line_once() -> None:
    guide = Guide(("tests/fuzz/fuzz_inputs.py",))
    fresh = []
    for _n in range(2):
        with guide:
            Input("a", b"").but(b"x")
        fresh.append(guide.fresh)
    assert fresh[0] > 0 and fresh[1] == 0
