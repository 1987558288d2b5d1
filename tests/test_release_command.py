"""`tangga release`: what was published is whole, or it is said what is not."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from pathlib import Path

import pytest

from tangga.cli.release import release
from tangga.engine.current import last_complete
from tangga.engine.publish.check import BrokenRelease
from tangga.engine.publish.prove import PACKAGE, Changed, prove
from tangga.engine.run import run_workspace
from tangga.errors import UserError
from tangga.synthetic import generate


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    generate(450, 2, folder)
    run_workspace(folder)
    return folder


@pytest.fixture
def copy(workspace: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(last_complete(workspace) / "publish", tmp_path / "publish"))


def test_a_release_that_is_whole(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    release(workspace)
    said = capsys.readouterr().out
    assert "utuh" in said
    assert "is whole" in said


def change(copy: Path, table: str) -> Path:
    """Add one to the first published number of a table of families."""
    file = copy / "open" / table
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    row = next(row for row in rows if row["families"] not in ("", "0"))
    row["families"] = str(int(row["families"]) + 1)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return file


def test_a_changed_number_is_found_by_its_hash(workspace: Path, copy: Path) -> None:
    change(copy, "families_by_decile.csv")
    with pytest.raises(Changed, match="its hash differs"):
        release(workspace, folder=copy)


def test_and_by_its_sums_where_the_hash_was_changed_too(copy: Path) -> None:
    file = change(copy, "families_by_decile.csv")
    package = json.loads((copy / "open" / PACKAGE).read_text())
    for one in package["resources"]:
        if one["path"] == file.name:
            one["hash"] = f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}"
    (copy / "open" / PACKAGE).write_text(json.dumps(package))
    with pytest.raises(Changed, match=r"is not the sum of its parts|contradict each other"):
        prove(copy / "open")


def test_a_flipped_byte_of_the_release_is_found(workspace: Path, copy: Path) -> None:
    file = copy / "release" / "families.parquet"
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(bytes(raw))
    with pytest.raises(BrokenRelease, match="families"):
        release(workspace, folder=copy)


def test_where_nothing_is_published(workspace: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nothing is published here"):
        release(workspace, folder=tmp_path / "nowhere")
    with pytest.raises(Changed, match="no open tables here"):
        prove(tmp_path)
