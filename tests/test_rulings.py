"""Clerks' rulings: what files of them may look like, and what a run makes of them."""

from __future__ import annotations

import json

import duckdb
import pytest

from tangga.engine.catalogue import relation
from tangga.engine.current import last_complete
from tangga.engine.export import export
from tangga.engine.link.rulings import read_rulings
from tangga.engine.run import run_workspace
from tangga.engine.show import read
from tangga.errors import UserError
from village import write_village

HEADER = "left_source,left_id,right_source,right_id,ruling,by,at,reason\n"
PAIR = "dtks,1,pkh,2"


def rulings(folder, text, name="a.csv", encoding="utf-8"):
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(text.encode(encoding))
    return [(r.ruling, r.at, r.reason) for r in read_rulings(folder)]


@pytest.mark.parametrize(
    ("text", "encoding", "expected"),
    [
        (f"{HEADER}{PAIR},same,rina,2026-02-03,x\n", "utf-8", [("same", "2026-02-03", "x")]),
        (f"{HEADER}{PAIR},Sama,,,\n", "utf-8-sig", [("same", "", "")]),
        (f"{HEADER}{PAIR},berbeda,,3/2/2026,é\n", "cp1252", [("different", "2026-02-03", "é")]),
        (f"{HEADER}{PAIR},ragu,,03-02-2026 10:00,\n", "utf-8",
         [("unsure", "2026-02-03T10:00:00", "")]),
        (f"{HEADER}{PAIR},,,,\n\n", "utf-8", []),
        (f"{HEADER}{PAIR},same,a,2026-01-09,\n{PAIR},different,a,2026-02-01,\n", "utf-8",
         [("different", "2026-02-01", "")]),
        (f"{HEADER}pkh,2,dtks,1,same,a,10/01/2026,\n{PAIR},unsure,a,09/02/2026,\n", "utf-8",
         [("unsure", "2026-02-09", "")]),
        (f"{HEADER}{PAIR},same,,,\n".replace(",", ";"), "utf-8", [("same", "", "")]),
    ],
)  # fmt: skip
def test_files_of_rulings(tmp_path, text, encoding, expected):
    assert rulings(tmp_path / "rulings", text, encoding=encoding) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("left_source,left_id\n", "lacks right_source, right_id, ruling"),
        (f"{HEADER}{PAIR},perhaps,,,\n", "line 2, column ruling: a ruling is one of same"),
        (f"{HEADER}dtks,1,dtks,1,same,,,\n", "line 2: a ruling names one record twice"),
        (f"{HEADER}{PAIR},same,,yesterday,\n", "line 2, column at: not a day"),
        (f"{HEADER}{PAIR},same,,2026-02-30,\n", "not a day"),
    ],
)
def test_mistakes_in_rulings_are_named(tmp_path, text, says):
    with pytest.raises(UserError, match=says):
        rulings(tmp_path / "rulings", text)


def test_a_broken_workbook_is_named(tmp_path):
    (tmp_path / "q.xlsx").write_text("no workbook")
    with pytest.raises(UserError, match=r"q\.xlsx: cannot be read as a workbook"):
        read_rulings(tmp_path)


@pytest.fixture(scope="module")
def village(tmp_path_factory):
    folder = write_village(tmp_path_factory.mktemp("village"))
    run_workspace(folder, until="plan")
    return folder


def queue(folder):
    sheet = read(folder, "review_queue", limit=1000)
    return [dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows]


def joins(plan):
    """The conditions of every join of a plan (EXPLAIN as JSON)."""
    for one in plan:
        if one["name"].endswith("JOIN"):
            yield str(one["extra_info"]["Conditions"])
        yield from joins(one["children"])


def test_nobody_is_joined_with_everybody_else_to_find_who_is_two(village):
    sql = relation(last_complete(village), "review_queue")
    plan = duckdb.execute(f"EXPLAIN (FORMAT json) {sql}").fetchall()[0][1]
    conditions = list(joins(json.loads(plan)))
    assert conditions and not [one for one in conditions if "!=" in one]


def test_the_queue_shows_both_records_and_what_is_at_stake(village):
    rows = queue(village)
    assert rows
    stakes = [row["stake"] for row in rows]
    assert stakes == sorted(stakes, reverse=True)
    for row in rows:
        assert row["decision"] == "review"
        assert row["left_name"] and row["right_name"]
        assert row["left_person_id"] != row["right_person_id"]
        assert (row["ruling"], row["by"], row["at"], row["reason"]) == ("", "", "", "")


def test_a_filled_in_queue_is_a_file_of_rulings(village, tmp_path):
    """Export, fill in, put back, run: the pair is one person, and the queue is shorter."""
    before = queue(village)
    chosen = before[0]
    export(village, "review_queue", tmp_path / "queue.parquet")
    (village / "rulings").mkdir()
    with duckdb.connect() as con:
        con.execute(
            "COPY (SELECT * REPLACE (CASE WHEN left_id = $id THEN 'sama' ELSE '' END AS ruling)"
            f" FROM '{tmp_path}/queue.parquet') TO '{village}/rulings/queue.csv'",
            {"id": chosen["left_id"]},
        )
    run_workspace(village, until="plan")
    pairs = {(row["left_id"], row["right_id"]) for row in queue(village)}
    assert (chosen["left_id"], chosen["right_id"]) not in pairs
    check = read(village, "rulings_check")
    row = dict(zip(check.columns, check.rows[0], strict=True))
    assert (row["ruling"], row["together"], row["turned"]) == ("same", True, False)
    assert abs(row["weight"] - chosen["weight"]) < 1


def test_a_ruling_against_the_evidence_is_reported(village):
    lines = "dtks,dtks-sari,dtsen,dtsen-sari,different,rina,2026-01-02,x\n"
    lines += "dtks,gone,dtsen,dtsen-sari,same,,,\n"
    (village / "rulings" / "b.csv").write_text(HEADER + lines)
    run_workspace(village, until="plan")
    check = read(village, "rulings_check")
    found = {row[1]: dict(zip(check.columns, row, strict=True)) for row in check.rows}
    turned = found["dtks-sari"]
    assert (turned["model"], turned["together"], turned["turned"]) == ("same", False, True)
    gone = found["gone"]
    assert (gone["weight"], gone["model"], gone["together"], gone["turned"]) == (None,) * 4


def test_an_exported_workbook_can_be_read_back(village, tmp_path):
    export(village, "review_queue", tmp_path / "queue.xlsx")
    assert read_rulings(tmp_path) == []
