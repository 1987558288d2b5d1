"""A release that is not what it says it is stays outside: all wrong told at once, in numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import loaded
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tangga.web.database.bootstrap import bootstrap
from tangga.web.register import loading
from tangga.web.register.loading import BrokenRelease, ledger

Con = psycopg.Connection[Any]


@pytest.fixture(scope="module")
def con(cluster: Any) -> Iterator[Con]:
    url = bootstrap(cluster.url("postgres"), database="tangga_bad_releases")
    with psycopg.connect(url, autocommit=True) as con:
        ledger.make_ledger(con)
        yield con


@pytest.fixture
def folder(release: Path, tmp_path: Path) -> Path:
    return loaded.copied(release, tmp_path / "release")


def refused(con: Con, folder: Path, root: str = "", **more: Any) -> list[str]:
    """What is said of it; nothing of it stands in the database."""
    with pytest.raises(BrokenRelease) as error:
        where = loaded.service(root)
        loading.load(folder, connection=con, by="loader", service=where, **more)
    assert {one.state for one in ledger.entries(con)} <= {"failed"}
    schemas = loaded.values(con, "SELECT nspname FROM pg_namespace")
    assert not [name for name in schemas if name.startswith("r_")]
    return [str(one) for one in error.value.findings]


def test_no_release_at_all(con: Con, tmp_path: Path) -> None:
    assert refused(con, tmp_path) == ["manifest.json: there is no manifest here"]
    with pytest.raises(BrokenRelease, match="Name the folder of a release, or a workspace"):
        loading.load(tmp_path, connection=con, by="loader", service=loaded.service())


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"'])
def test_a_manifest_that_is_none(con: Con, folder: Path, text: str) -> None:
    (folder / "manifest.json").write_text(text)
    assert len(refused(con, folder)) == 1


@pytest.mark.parametrize(("form", "todo"), [(0, "publish it again"), (2, "upgrade Tangga here")])
def test_an_older_or_newer_form(con: Con, folder: Path, form: int, todo: str) -> None:
    loaded.say(folder, loaded.said(folder) | {"form": form})
    (told,) = refused(con, folder)
    assert f"its form is {form}" in told
    assert todo in told


def test_broken_bytes_a_missing_file_and_a_strange_one_are_told_together(
    con: Con, folder: Path
) -> None:
    file = folder / "persons.parquet"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    (folder / "families.parquet").unlink()
    (folder / "notes.txt").write_text("x")
    assert refused(con, folder) == [
        "families.parquet: the file of families is missing",
        "persons.parquet: is not the file that was published (its sha256 is another)",
        "notes.txt: no file of this release",
    ]


def test_a_file_that_is_changed_after_its_hash_was_asked(con: Con, folder: Path) -> None:
    """What is read is what was hashed: the same rows in another order would pass every count."""

    def swapped(step: str, done: int, of: int) -> None:
        if (step, done) == ("rows", 0):
            file = folder / "visits.parquet"
            rows = pq.read_table(file)
            file.unlink()
            pq.write_table(rows.take(list(range(rows.num_rows))[::-1]), file)

    told = refused(con, folder, progress=swapped)
    assert told == ["visits.parquet: was changed while it was being loaded"]


def test_a_missing_table(con: Con, folder: Path) -> None:
    manifest = loaded.said(folder)
    del manifest["tables"]["decisions"]
    loaded.say(folder, manifest)
    (folder / "decisions.parquet").unlink()
    assert refused(con, folder) == ["manifest.json: the table decisions is missing"]


def test_a_missing_column_in_the_file_and_in_the_manifest(con: Con, folder: Path) -> None:
    loaded.change(folder, "ranking", lambda rows: rows.drop_columns(["rank_state"]))
    manifest = loaded.said(folder)
    del manifest["tables"]["persons"]["columns"]["name"]
    loaded.say(folder, manifest)
    assert refused(con, folder) == [
        "manifest.json: column name of persons is missing",
        "persons.parquet: column name is not in the manifest",
        "ranking.parquet: column rank_state is missing",
    ]


def test_a_table_that_nobody_knows_and_a_class_that_there_is_not(con: Con, folder: Path) -> None:
    manifest = loaded.said(folder)
    manifest["tables"]["novelty"] = manifest["tables"]["ranking"]
    manifest["tables"]["persons"]["columns"]["nik"]["privacy"] = "harmless"
    manifest["tables"]["moves"]["file"] = "../moves.parquet"
    loaded.say(folder, manifest)
    assert refused(con, folder) == [
        "manifest.json: the file of moves stands outside of the release",
        "manifest.json: column nik of persons has no class of privacy",
        "manifest.json: this version of Tangga knows no table novelty: upgrade it",
    ]


def test_wrong_counts(con: Con, folder: Path) -> None:
    manifest = loaded.said(folder)
    rows = manifest["tables"]["families"]["rows"]
    manifest["tables"]["families"]["rows"] = rows + 1
    loaded.say(folder, manifest)
    assert refused(con, folder) == [
        f"families.parquet: holds {rows} rows, the manifest says {rows + 1}"
    ]


def test_keys_ids_areas_and_masks_are_told_together_and_without_values(
    con: Con, folder: Path
) -> None:
    def twice(rows: pa.Table) -> pa.Table:
        return pa.concat_tables([rows, rows.slice(0, 3)])

    def nobody(rows: pa.Table) -> pa.Table:
        return loaded.edited(rows, "family_id", rows["family_id"][0].as_py(), family_id="F0NOBODY")

    def nowhere(rows: pa.Table) -> pa.Table:
        return loaded.edited(rows, "family_id", rows["family_id"][0].as_py(), village="9999999999")

    def unmasked(rows: pa.Table) -> pa.Table:
        return loaded.edited(
            rows, "source_id", rows["source_id"][0].as_py(), nik="1811052502130001"
        )

    for table, wrong in {
        "decisions": twice, "moves": nobody, "families": nowhere, "records": unmasked
    }.items():  # fmt: skip
        loaded.change(folder, table, wrong)
    told = refused(con, folder)
    key = "(family_id, programme, person_id)"
    assert f"decisions.parquet: 3 rows have a key {key} that another row has" in told
    assert "moves.parquet: 1 values of family_id are in no row of families" in told
    assert "families.parquet: 1 codes of village are areas that this pack does not know" in told
    assert "records.parquet: 1 values of nik should be masked" in told
    assert len(told) == 4
    assert "1811052502130001" not in json.dumps(told)
    assert "F0NOBODY" not in json.dumps(told)


def test_families_outside_of_the_area_of_the_service(con: Con, folder: Path) -> None:
    (told,) = refused(con, folder, root="1811")
    villages = pq.read_table(folder / "families.parquet", columns=["village"])[
        "village"
    ].to_pylist()
    outside = sum(1 for one in villages if one and not one.startswith("1811"))
    what = f"{outside} families live outside of the area of this service (1811): "
    assert told.startswith(f"families.parquet: {what}it is another office's release, or")


def test_an_open_table_with_a_column_of_class_case(con: Con, folder: Path) -> None:
    manifest = loaded.said(folder)
    manifest["tables"]["moves"]["columns"]["rung"]["privacy"] = "case"
    manifest["tables"]["cases"]["columns"]["kind"]["privacy"] = "open"
    loaded.say(folder, manifest)
    assert refused(con, folder) == [
        "cases.parquet: holds cases, yet columns of another class",
        "moves.parquet: holds a column of class case among others",
    ]
