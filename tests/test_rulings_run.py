"""Clerks' rulings through the ordinary run of the village: they stand for ever."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tangga.engine import catalogue
from tangga.engine.current import last_complete
from tangga.engine.run import run_workspace
from village import write_village

COLUMNS = "left_source,left_id,right_source,right_id,ruling,by,at,reason"
SOURCES = ("dtks", "regsosek", "dtsen")
CONTRACT = ("left_source", "left_id", "right_source", "right_id", "weight", "decision", "step",
            "reasons")  # fmt: skip


def rule(folder: Path, *rulings: str, file: str = "2025.csv") -> None:
    """Write rulings such as `dtks-sari regsosek-sari different 2025-05-01`."""
    lines = [COLUMNS]
    for words in rulings:
        left, right, ruling, at = words.split()
        ends = f"{left.split('-')[0]},{left},{right.split('-')[0]},{right}"
        lines.append(f"{ends},{ruling},petugas,{at},")
    (folder / "rulings").mkdir(exist_ok=True)
    (folder / "rulings" / file).write_text("\n".join(lines) + "\n", encoding="utf-8")


class Outcome:
    """The register after a run."""

    def __init__(self, folder: Path) -> None:
        run_workspace(folder, full=True, until="plan")
        self.run = last_complete(folder)
        crosswalk = self.table("crosswalk")
        self.person = {row["source_id"]: row["person_id"] for row in crosswalk}

    def table(self, name: str) -> list[dict[str, Any]]:
        found = duckdb.sql(catalogue.relation(self.run, name)).to_arrow_table()
        return found.to_pylist()

    def together(self, *records: str) -> bool:
        return len({self.person[record] for record in records}) == 1

    def links(self, left: str, right: str) -> list[dict[str, Any]]:
        """The links between two records, whichever stands left."""
        return [k for k in self.table("links") if {k["left_id"], k["right_id"]} == {left, right}]

    def queue(self) -> set[frozenset[str]]:
        return {frozenset((q["left_id"], q["right_id"])) for q in self.table("review_queue")}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return Outcome(write_village(tmp_path_factory.mktemp("before"), SOURCES))


@pytest.fixture(scope="module")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """One run in which a clerk has said much."""
    folder = write_village(tmp_path_factory.mktemp("ruled"), SOURCES)
    rule(
        folder,
        "dtks-dimas dtsen-dimas same 2025-03-01",  # a mistyped number that proves itself
        "dtks-sumi regsosek-tumini same 2025-03-01",  # the evidence says nothing of the kind
        "dtks-adi dtks-ade same 2025-03-01",  # two proven numbers
        "dtks-sari regsosek-sari different 2025-03-01",  # one number
        "dtks-jumadi regsosek-jumadi different 2025-01-01",
        "dtks-paimin regsosek-paimin unsure 2025-03-01",
        "dtks-karto regsosek-karto unsure 2025-03-01",
        "dtks-togar regsosek-togar same 2025-03-01",
        "regsosek-togar dtsen-tiur same 2025-03-01",
        "dtks-togar dtsen-tiur different 2025-03-01",
        "dtks-hilang regsosek-anton same 2025-03-01",
    )
    rule(folder, "regsosek-jumadi dtks-jumadi same 2025-02-01", file="0-later.csv")
    return Outcome(folder)


pytestmark = pytest.mark.slow


def test_the_village_before_any_ruling(before: Outcome) -> None:
    assert before.together("dtks-sari", "regsosek-sari", "dtsen-sari")
    assert not before.together("dtks-dimas", "dtsen-dimas")
    assert frozenset(("dtks-paimin", "regsosek-paimin")) in before.queue()
    assert before.table("rulings_check") == []


def test_same_joins_whatever_the_evidence(ruled: Outcome) -> None:
    assert ruled.together("dtks-dimas", "dtsen-dimas", "regsosek-dimas")
    assert ruled.together("dtks-sumi", "regsosek-tumini")
    assert ruled.together("dtks-adi", "regsosek-adi", "dtks-ade", "dtsen-ade")
    (link,) = ruled.links("dtks-sumi", "regsosek-tumini")
    assert (link["decision"], link["step"], link["weight"]) == ("link", "ruling", None)


def test_different_separates_records_of_one_number(ruled: Outcome) -> None:
    assert not ruled.together("dtks-sari", "regsosek-sari")
    (link,) = ruled.links("dtks-sari", "regsosek-sari")
    assert (link["decision"], link["step"]) == ("reject", "ruling")
    assert frozenset(("dtks-sari", "regsosek-sari")) not in ruled.queue()


def test_the_latest_ruling_of_a_pair_wins_in_whatever_file_it_stands(ruled: Outcome) -> None:
    assert ruled.together("dtks-jumadi", "regsosek-jumadi", "dtsen-jumadi")


def test_unsure_changes_nothing(before: Outcome, ruled: Outcome) -> None:
    pair = frozenset(("dtks-paimin", "regsosek-paimin"))
    assert not ruled.together(*pair) and pair in ruled.queue()
    assert ruled.together("dtks-karto", "regsosek-karto", "dtsen-karto")
    untouched = {"anton", "artini", "herman", "rosmi", "rosmiati", "siregar", "gabriel", "maria"}
    ids = [r for r in before.person if r.split("-")[1] in untouched]
    assert {r: before.person[r] for r in ids} == {r: ruled.person[r] for r in ids}


def test_contradiction_goes_to_review(ruled: Outcome) -> None:
    assert not ruled.together("dtks-togar", "dtsen-tiur")
    words = [k["why"] for k in ruled.links("regsosek-togar", "dtsen-tiur")]
    words += [k["why"] for k in ruled.links("dtks-togar", "regsosek-togar")]
    assert "rulings contradict" in words
    assert ruled.queue() & {
        frozenset(("regsosek-togar", "dtsen-tiur")),
        frozenset(("dtks-togar", "regsosek-togar")),
    }


def test_each_ruling_stands_beside_what_the_evidence_says(ruled: Outcome) -> None:
    check = {(r["left_id"], r["right_id"]): r for r in ruled.table("rulings_check")}
    assert len(check) == 11
    waiting = check["dtks-hilang", "regsosek-anton"]
    assert (waiting["model"], waiting["together"], waiting["turned"]) == (None, None, None)
    assert check["dtks-sari", "regsosek-sari"]["turned"] is True
    assert check["dtks-sumi", "regsosek-tumini"]["turned"] is True
    assert check["dtks-dimas", "dtsen-dimas"]["together"] is True


def test_links_keep_the_columns_of_the_contract(ruled: Outcome) -> None:
    links = ruled.table("links")
    assert tuple(links[0])[: len(CONTRACT)] == CONTRACT
    assert {k["decision"] for k in links} == {"link", "review", "reject"}
    assert {k["step"] for k in links} == {"number", "evidence", "ruling"}
    assert all(isinstance(json.loads(k["reasons"]), list) for k in links)
    persons = [(k, ruled.together(k["left_id"], k["right_id"])) for k in links]
    assert all(one for k, one in persons if k["decision"] == "link")
    assert not any(one for k, one in persons if k["decision"] == "reject")


def test_a_ruling_waits_for_its_record_and_stands_when_the_evidence_turns(tmp_path: Path) -> None:
    folder = write_village(tmp_path, ("dtks", "regsosek"))
    rule(
        folder,
        "dtks-putri dtsen-putri different 2025-03-01",
        "dtks-sumi regsosek-sumi same 2025-03-01",
    )
    first = Outcome(folder)
    assert first.together("dtks-sumi", "regsosek-sumi")
    assert first.together("dtks-putri", "regsosek-putri")
    write_village(folder, SOURCES)
    _rename(folder / "regsosek.csv", "regsosek-sumi", "RATNA KUMALA")
    second = Outcome(folder)
    assert not second.together("dtks-putri", "dtsen-putri")
    assert second.together("dtks-sumi", "regsosek-sumi")
    assert second.person["dtks-sumi"] == first.person["dtks-sumi"]


def _rename(file: Path, id: str, name: str) -> None:
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    place = rows[0].index("nama")
    for row in rows:
        if row[0] == id:
            row[place] = name
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)


def test_nobody_has_more_records_than_the_pack_allows(tmp_path: Path) -> None:
    """Forty records alike, without a number, are a pile and no person."""
    from febrl import PACK

    (tmp_path / "sources").mkdir()
    (tmp_path / "tangga.toml").write_text(f'pack = "{PACK.as_posix()}"\nas_of = 2005-01-01\n')
    (tmp_path / "sources" / "a.toml").write_text(
        'kind = "people"\nfiles = ["a.csv"]\nas_of = 2004-01-01\ntrust = 1\nid = "id"\n[columns]\n'
        'name = "n"\nbirth_date = "b"\naddress = "s"\npostcode = "p"\nsuburb = "u"\n'
    )
    rows = [f"{n},anna lee,1970-02-03,main road,3000,north" for n in range(40)]
    (tmp_path / "a.csv").write_text("\n".join(["id,n,b,s,p,u", *rows]) + "\n")
    found = Outcome(tmp_path)
    sizes = [list(found.person.values()).count(p) for p in set(found.person.values())]
    assert max(sizes) == 12  # the cap in the pack's linkage.toml
    assert {k["why"] for k in found.table("links") if k["decision"] == "review"} == {
        "too many records"
    }
