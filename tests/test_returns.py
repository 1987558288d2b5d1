"""What the service decided comes back as sources: by the register's own ids, and told apart."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tangga.engine.current import last_complete
from tangga.engine.descriptor import read_descriptor
from tangga.engine.publish.check import read_release
from tangga.engine.run import run_workspace
from tangga.errors import BadPack
from tangga.registry.load import load_pack
from village import CAST, write_village

AS_OF = 'as_of = { column = "as_of" }\n'
SOURCES = {
    "web_corrections": ("corrections", ["correction_id", "person_id", "family_id", "field",
                                        "value", "accepted_at"]),
    "web_events": ("events", ["person_id", "family_id", "reference_source", "person_source_id",
                              "event", "on_date", "rung"]),
    "web_enrolments": ("enrolments", ["family_id", "programme", "status", "valid_from",
                                      "determined_on"]),
    "web_visits": ("visits", ["family_id", "worker", "on_date", "result"]),
    "web_cases": ("cases", ["person_id", "kind", "opened", "state"]),
}  # fmt: skip
LATE = "2026-08-01"
"""After the day of the release."""

LATER = """
kind = "people"
files = ["later.csv"]
as_of = 2026-01-20
id = "id"
[columns]
nik = "nik"
name = "name"
address = "address"
"""


def write_source(folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    """As the service writes one: the register's own ids, each row's own day."""
    kind, columns = SOURCES[name]
    known = "" if kind == "corrections" else "acknowledged = true\n"
    mapped = "".join(f'{one} = "{one}"\n' for one in columns)
    text = f'kind = "{kind}"\nfiles = ["{name}.csv"]\n{AS_OF}id = "id"\n{known}[columns]\n{mapped}'
    (folder / "sources" / f"{name}.toml").write_text(text, encoding="utf-8")
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["id", "as_of", *columns], restval="")
        writer.writeheader()
        writer.writerows(rows)


def rows_of(folder: Path, table: str, where: str = "TRUE") -> list[dict[str, Any]]:
    """Rows of a table of the last release."""
    file = last_complete(folder) / "publish" / "release" / f"{table}.parquet"
    found = duckdb.sql(f"SELECT * FROM '{file}' WHERE {where}").to_arrow_table()
    return found.to_pylist()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A village whose first release was acted upon, and its second."""
    folder = write_village(tmp_path_factory.mktemp("returned"))
    run_workspace(folder, full=True, threads=2)
    people = {row["nik"]: row for row in rows_of(folder, "persons")}
    sari, anton, yanto = (people[CAST[one].nik] for one in ("sari", "anton", "yanto"))
    where = f"person_id = '{yanto['person_id']}'"
    record = rows_of(folder, "crosswalk", where)[0]
    rows = {
        "web_corrections": [
            {"id": "U-1", "correction_id": "U-1", "person_id": sari["person_id"],
             "field": "address", "value": "DUSUN TIGA", "accepted_at": "2026-01-10T08:30:00"},
            {"id": "U-2", "correction_id": "U-2", "person_id": "PFFFF", "field": "address",
             "value": "ENTAH", "accepted_at": "2026-01-10T08:30:00"},
            {"id": "U-3", "correction_id": "U-3", "person_id": anton["person_id"], "field": "rt",
             "value": "", "accepted_at": "2026-01-10T08:30:00"},
        ],
        "web_events": [
            {"id": "E-1", "person_id": yanto["person_id"], "reference_source": record["source"],
             "person_source_id": record["source_id"], "event": "death", "on_date": "2026-01-05"},
            {"id": "E-2", "family_id": sari["family_id"], "event": "rung_move",
             "on_date": "2026-01-06", "rung": "empowerment"},
        ],
        "web_enrolments": [
            {"id": "S-1+S-2", "family_id": anton["family_id"], "programme": "sembako",
             "status": "active", "valid_from": "2026-01-01"},
            {"id": "S-3", "family_id": sari["family_id"], "programme": "sembako",
             "status": "active", "valid_from": "2026-01-01", "as_of": LATE,
             "determined_on": LATE},
        ],
        "web_visits": [
            {"id": "V-1", "family_id": sari["family_id"], "worker": "W1", "on_date": "2026-01-07"},
            {"id": "V-2", "family_id": sari["family_id"], "worker": "W1", "on_date": LATE},
        ],
        "web_cases": [
            {"id": "C-1", "person_id": anton["person_id"], "kind": "disability",
             "opened": "2026-01-08"},
        ],
    }  # fmt: skip
    for name, each in rows.items():
        write_source(folder, name, [{"as_of": "2026-01-10", **row} for row in each])
    (folder / "sources" / "later.toml").write_text(LATER, encoding="utf-8")
    said = f"id,nik,name,address\n1,{CAST['sari'].nik},{CAST['sari'].name},JALAN EMPAT\n"
    (folder / "later.csv").write_text(said, encoding="utf-8")
    run_workspace(folder, full=True, threads=2)
    return folder


def person(folder: Path, key: str) -> dict[str, Any]:
    """One of the cast, as the last release has them."""
    (found,) = rows_of(folder, "persons", f"nik = '{CAST[key].nik}'")
    return found


def test_rows_find_their_person_or_family_by_the_registers_own_id(workspace: Path) -> None:
    sari, anton, yanto = (person(workspace, one) for one in ("sari", "anton", "yanto"))
    events = {
        row["source_id"]: row for row in rows_of(workspace, "events", "source = 'web_events'")
    }
    assert events["E-1"]["person_id"] == yanto["person_id"]
    assert (events["E-2"]["person_id"], events["E-2"]["family_id"]) == (None, sari["family_id"])
    visit = rows_of(workspace, "visits", "source = 'web_visits' AND source_id = 'V-1'")[0]
    (case,) = rows_of(workspace, "cases", "source = 'web_cases'")
    assert visit["family_id"] == sari["family_id"]
    assert case["person_id"] == anton["person_id"]


def test_what_was_decided_has_its_effect(workspace: Path) -> None:
    sari, anton, yanto = (person(workspace, one) for one in ("sari", "anton", "yanto"))
    assert yanto["status"] == "dead"
    assert sari["address"] == "DUSUN TIGA", "a correction stands above a later source"
    (rung,) = rows_of(
        workspace, "moves", f"family_id = '{sari['family_id']}' AND person_id IS NULL"
    )
    assert rung["rung"] == "empowerment"
    spells = rows_of(workspace, "spells", f"family_id = '{anton['family_id']}' AND open")
    assert "sembako" in {row["programme"] for row in spells}


def test_the_release_says_what_it_took_in_and_nothing_of_nobody(workspace: Path) -> None:
    said = read_release(last_complete(workspace) / "publish" / "release")["corrections"]
    assert said["consumed"] == ["C-1", "E-1", "E-2", "S-1+S-2", "S-3", "U-1", "U-3", "V-1"]
    assert said["applied"] == ["U-1", "U-3"]


def test_what_lies_after_the_day_of_a_release_waits_for_the_next(workspace: Path) -> None:
    """Its date is not taken in, so nothing counts it yet: it must not end where it is kept."""
    said = read_release(last_complete(workspace) / "publish" / "release")
    assert said["as_of"] < LATE
    assert "V-2" not in said["corrections"]["consumed"]


def test_what_was_recorded_after_that_day_is_listed_and_taken_in(workspace: Path) -> None:
    """Of when somebody wrote it down nothing depends; kept beside the list it would count twice."""
    said = read_release(last_complete(workspace) / "publish" / "release")
    assert "S-3" in said["corrections"]["consumed"]
    listed = rows_of(workspace, "spells", "source = 'web_enrolments'")
    assert len(listed) == 2


def test_a_later_source_that_says_otherwise_is_shown_against_the_correction(
    workspace: Path,
) -> None:
    (against,) = rows_of(workspace, "contradicted")
    assert against["correction_id"] == "U-1"
    assert (against["field"], against["said"]) == ("address", "JALAN EMPAT")
    assert against["source"] == "later" and str(against["as_of"]) == "2026-01-20"


def test_only_rows_with_an_id_can_be_acknowledged(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("nama\nSITI\n", encoding="utf-8")
    file = tmp_path / "a.toml"
    for kind, id_ in (("events", ""), ("people", 'id = "nama"\n')):
        file.write_text(
            f'kind = "{kind}"\nfiles = ["a.csv"]\nacknowledged = true\n{id_}[columns]\n'
            'name = "nama"\n',
            encoding="utf-8",
        )
        with pytest.raises(BadPack, match="acknowledged"):
            read_descriptor(file, tmp_path, load_pack("indonesia"))
