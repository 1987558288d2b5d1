"""Published test records that nobody here wrote, through the ordinary command.

The pack of these records has no areas, no families, no cards, no spelling rules and no shape of
a number: what the engine does for them it does by the pack, and it knows no other.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from febrl import DESCRIPTOR, PACK, write_workspace
from tangga.engine import catalogue, tables
from tangga.engine.connection import connect
from tangga.engine.current import last_complete
from tangga.engine.evaluate import evaluate
from tangga.engine.run import run_workspace
from tangga.registry import load_pack

# Measured: 1.0000, 0.9987, 0.9989, 0.9995.
LEAST = {1: 0.999, 2: 0.997, 3: 0.997, 4: 0.999}


def tangga(*words: str | Path) -> None:
    """The command, as a user calls it."""
    subprocess.run([sys.executable, "-m", "tangga", *map(str, words)], check=True, timeout=300)


@pytest.mark.slow
@pytest.mark.parametrize("number", LEAST)
def test_febrl(tmp_path: Path, number: int) -> None:
    folder = write_workspace(tmp_path, number)
    tangga("run", folder)
    found = evaluate(folder, folder / "truth.csv")
    assert found.missing == 0
    assert found.pairs.f1 >= LEAST[number]
    assert found.pairs.precision >= 0.999
    if number == 4:
        _nothing_is_indonesian(folder)


def _nothing_is_indonesian(folder: Path) -> None:
    """Nobody has a family, and no column stands there that the pack does not name."""
    run = last_complete(folder)
    own = set(load_pack(PACK).tables["person"].columns)
    with connect() as con:
        held = con.execute(f"DESCRIBE {catalogue.relation(run, 'persons')}").fetchall()
        families = con.execute(
            f"SELECT count(family_id), count(*) FROM ({catalogue.relation(run, 'crosswalk')})"
        ).fetchall()
    assert families == [(0, 10_000)]
    register = {"person_id", "family_id", "status", "valid_from", "valid_to"}
    assert {name for name, *_ in held} <= own | register
    assert not tables.exists(run / "resolve" / "base_differences")


def test_the_pack_says_nothing_of_what_indonesia_has() -> None:
    pack = load_pack(PACK)
    assert set(pack.tables) == {"person"}
    assert pack.codes == {}
    assert "numbers" not in pack.data
    assert not any((PACK / name).exists() for name in ("areas", "models/names.toml", "policy"))


@pytest.mark.parametrize("columns", [["nik"], ["name"], ["name", "birth_date"]], ids=" ".join)
def test_a_source_may_say_little(tmp_path: Path, columns: list[str]) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "tangga.toml").write_text(f'pack = "{PACK.as_posix()}"\nas_of = 2005-01-01\n')
    named = "".join(f'{column} = "{column}"\n' for column in columns)
    text = DESCRIPTOR.format(name="a", as_of="2004-01-01").split("[columns]")[0]
    (tmp_path / "sources" / "a.toml").write_text(f"{text}[columns]\n{named}")
    said = {"nik": "5304218", "name": "anna lee", "birth_date": "1970-02-03"}
    rows = [",".join([str(n), *(said[c] for c in columns)]) for n in range(3)]
    (tmp_path / "a.csv").write_text("\n".join([",".join(["rec_id", *columns]), *rows]) + "\n")
    run_workspace(tmp_path)
    with connect() as con:
        found = con.sql(catalogue.relation(last_complete(tmp_path), "crosswalk")).fetchall()
    assert len(found) == 3
