"""Adding new rows gives what a full run would give, and anything else is made anew."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

import run_tables
from hand_model import hand_model
from small_workspace import HEADER, PEOPLE, ROWS, workspace
from tangga.engine import tables
from tangga.engine.catalogue import relation
from tangga.engine.current import last_complete
from tangga.engine.manifest import Manifest, read_manifest
from tangga.engine.run import run_workspace
from tangga.engine.welfare.model_file import write_model
from tangga.synthetic import generate

pytestmark = pytest.mark.slow

KEYS = {
    "ingest/files": "source, file",
    "standardise/names": "name",
    "standardise/records": "rid",
    "standardise/events": "rid",
    "link/clusters": "rid",
    "link/groups": "rid",
    "link/links": "left_rid, right_rid, step",
    "link/sides": "vid",
    "resolve/crosswalk": "rid",
    "resolve/spine": "rid",
    "resolve/won": "pid",
    "resolve/kin": "pid",
    "resolve/persons": "person_id",
    "resolve/memberships": "person_id, family_id, kind, valid_from",
    "resolve/families": "family_id",
    "resolve/family_ids": "grp",
    "resolve/family_believed": "unit",
    "resolve/unit_of_node": "node",
    "resolve/ledger": "entity, id",
    "resolve/civil_matches": "person_id",
    "resolve/events": "rid",
    "resolve/enrolments": "rid",
    "resolve/payments": "rid",
    "resolve/rankings": "rid",
    "resolve/family_facts": "rid",
    "resolve/person_refs": "rid, role",
}
SHARE = 0.02


@dataclass(frozen=True)
class Grown:
    """A register of invented people to which rows were added twice, and then made anew."""

    folder: Path
    first: Manifest
    second: Manifest
    whole: Manifest

    def run(self, manifest: Manifest) -> Path:
        return self.folder / "runs" / manifest.run


def hold_back(folder: Path) -> list[dict[Path, bytes]]:
    """Take some rows out of every file; returns them as two batches of further files."""
    batches: list[dict[Path, bytes]] = [{}, {}]
    for file in sorted((folder / "data").glob("*.csv")):
        header, *rows = file.read_bytes().splitlines(keepends=True)
        kept = [header]
        later: list[list[bytes]] = [[header], [header]]
        for row in rows:
            chance = int(hashlib.sha256(row).hexdigest()[:8], 16) / 2**32
            part = kept if chance >= SHARE else later[chance < SHARE / 2]
            part.append(row)
        file.write_bytes(b"".join(kept))
        for number, batch in enumerate(batches):
            if later[number] != [header]:  # two files without rows would be one file twice
                batch[file.with_name(f"{file.stem}-{number}.csv")] = b"".join(later[number])
    for descriptor in (folder / "sources").glob("*.toml"):
        text = descriptor.read_text(encoding="utf-8")
        descriptor.write_text(text.replace('.csv"]', '*.csv"]'), encoding="utf-8")
    return batches


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Grown:
    folder = tmp_path_factory.mktemp("grown")
    generate(3000, 8, folder)
    settings = 'keep_runs = 9\nwelfare_model = "model"\n'
    (folder / "tangga.toml").open("a", encoding="utf-8").write(settings)
    write_model(hand_model(), folder / "model")
    batches = hold_back(folder)
    run_workspace(folder)
    added = []
    for batch in batches:
        for file, content in batch.items():
            file.write_bytes(content)
        added.append(run_workspace(folder))
    return Grown(folder, added[0], added[1], run_workspace(folder, full=True))


def ask(sql: str) -> list[tuple]:
    return duckdb.sql(sql).fetchall()


def test_the_manifest_says_that_rows_were_added_and_to_what(grown: Grown) -> None:
    assert [m.mode for m in (grown.first, grown.second, grown.whole)] == ["add", "add", "full"]
    assert [m.previous for m in (grown.first, grown.second)] == ["00001", "00002"]
    assert "dtks-0.csv" in grown.first.notes[0]
    assert "--full" in grown.whole.notes[0]


def test_nearly_the_same_persons_as_made_anew(grown: Grown) -> None:
    """Few differ where one row in fifty was added twice over (bench: 1 in 16,000 of a million, one
    row in a hundred added), and whoever is the same has the same id."""
    groups = [
        f"SELECT person_id AS id, count(*) AS n, bit_xor(hash(source, source_id)) AS who "
        f"FROM ({relation(grown.run(m), 'crosswalk')}) GROUP BY person_id"
        for m in (grown.second, grown.whole)
    ]
    persons = len(ask(groups[1]))
    differ = len(ask(f"FROM ({groups[1]}) ANTI JOIN ({groups[0]}) AS a USING (n, who)"))
    assert differ <= persons / 500
    others = f"SELECT 1 FROM ({groups[0]}) AS a JOIN ({groups[1]}) AS b USING (n, who)"
    assert ask(f"{others} WHERE a.id <> b.id") == []


@pytest.mark.parametrize("name", ["problems", "quarantine", "files", "records", "deaths"])
def test_what_no_link_decides_is_exactly_the_same(grown: Grown, name: str) -> None:
    one, two = (
        f"SELECT * FROM ({relation(grown.run(m), name)})" for m in (grown.second, grown.whole)
    )
    assert ask(f"({one}) EXCEPT ALL ({two})") == []
    assert ask(f"({two}) EXCEPT ALL ({one})") == []


def test_counts_are_those_of_the_whole_register(grown: Grown) -> None:
    assert grown.second.sources == grown.whole.sources
    assert grown.second.inputs == grown.whole.inputs
    for manifest in (grown.first, grown.second):
        for stage, done in manifest.stages.items():
            for table, rows in done["rows"].items():
                folder = grown.run(manifest) / stage / table
                held = ask(f"SELECT count(*) FROM {tables.scan(folder)}")[0][0]
                assert (stage, table, held) == (stage, table, rows)


def test_families_are_scored_by_what_was_added_too(grown: Grown) -> None:
    """Of the same answers the same is said, however the register came about."""
    assert grown.second.mode == "add" and grown.second.model["version"] == "hand-1"
    facts, ranking = (
        [tables.scan(grown.run(m) / "rank" / name) for m in (grown.second, grown.whole)]
        for name in ("model_facts", "ranking")
    )
    same = f"(SELECT family_id FROM (FROM {facts[0]} INTERSECT FROM {facts[1]}))"
    of = "family_id, score, probability, falls, people"
    one, two = (
        ask(f"SELECT {of} FROM {r} SEMI JOIN {same} USING (family_id) ORDER BY ALL")
        for r in ranking
    )
    assert one == two
    scored = sum(score is not None for _, score, *_ in one)
    assert scored > 100 and grown.second.model["scored"] >= scored


def test_no_row_stands_twice(grown: Grown) -> None:
    for manifest in (grown.first, grown.second, grown.whole):
        for name, key in KEYS.items():
            scan = tables.scan(grown.run(manifest) / name)
            twice = f"SELECT {key} FROM {scan} GROUP BY ALL HAVING count(*) > 1"
            assert (name, ask(twice)) == (name, [])


def test_tables_agree_with_each_other(grown: Grown) -> None:
    for manifest in (grown.first, grown.second, grown.whole):
        run = grown.run(manifest)
        t = {
            n: f"({relation(run, n)})" for n in ("crosswalk", "persons", "families", "memberships")
        }
        ids = f"(SELECT 'F' || hex(id) AS family_id FROM {tables.scan(run / 'resolve/family_ids')})"
        members = (
            f"(SELECT family_id, count(*) AS n FROM {t['persons']} WHERE status <> 'dead' "
            "GROUP BY family_id)"
        )

        def lacking(rows: str, others: str, key: str, t: dict[str, str] = t) -> str:
            return f"{t[rows]} ANTI JOIN {t[others]} AS o USING ({key}) WHERE {key} IS NOT NULL"

        broken = {
            "a record of nobody": lacking("crosswalk", "persons", "person_id"),
            "a person without records": lacking("persons", "crosswalk", "person_id"),
            "a person of no family": lacking("persons", "families", "family_id"),
            "a membership of no family": lacking("memberships", "families", "family_id"),
            "a membership of nobody": lacking("memberships", "persons", "person_id"),
            "a family without its id": f"{t['families']} ANTI JOIN {ids} AS i USING (family_id)",
            "a wrong count": f"{t['families']} AS f JOIN {members} AS m USING (family_id) "
            "WHERE f.member_count <> m.n",
        }
        assert [what for what, rows in broken.items() if ask(f"FROM {rows} LIMIT 1")] == []


def test_ids_of_before_live_on_or_are_told_of(grown: Grown) -> None:
    first, second = (relation(grown.run(m), "persons") for m in (grown.first, grown.second))
    lost = f"SELECT person_id AS old_id FROM ({first}) ANTI JOIN ({second}) AS n USING (person_id)"
    told = relation(grown.run(grown.second), "lineage")
    assert ask(f"FROM ({lost}) ANTI JOIN ({told}) AS l USING (old_id)") == []


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Enough rows that one more is not much."""
    rows = "".join(f"{n},18110101{n % 28 + 1:02}0190{n:04},NAMA {n}\n" for n in range(100, 400))
    folder = workspace(tmp_path, {"a.csv": HEADER + rows}, PEOPLE.replace("{more}", ""))
    assert run_workspace(folder).mode == "full"
    return folder


def add_rows(folder: Path) -> Manifest:
    (folder / "data" / "b.csv").write_text(HEADER + ROWS)
    return run_workspace(folder)


def test_nothing_new_makes_no_run(small: Path) -> None:
    again = run_workspace(small)
    assert (again.mode, again.run) == ("unchanged", "00001")
    os.utime(small / "data" / "a.csv")
    assert run_workspace(small).mode == "unchanged"
    assert [f.name for f in (small / "runs").iterdir() if f.is_dir()] == ["00001"]


def test_a_file_that_grew_gives_its_new_rows(small: Path) -> None:
    with (small / "data" / "a.csv").open("a") as file:
        file.write(ROWS + "3,,\n")
    added = run_workspace(small)
    assert added.mode == "add"
    assert added.sources == {"s": {"rows_in": 303, "accepted": 302, "quarantined": 1}}
    run = last_complete(small)
    found = ask(f"SELECT file, line, source_id FROM ({relation(run, 'records')}) WHERE line > 301")
    assert sorted(found) == [("data/a.csv", 302, "1"), ("data/a.csv", 303, "2")]
    assert ask(f"SELECT file, line FROM ({relation(run, 'quarantine')})") == [("data/a.csv", 304)]
    whole = run_workspace(small, full=True)
    assert (added.inputs, added.sources) == (whole.inputs, whole.sources)
    seen, anew = (m.on_disk["s"]["data/a.csv"] for m in (added, whole))
    # The time is left out of what changed only just now: it proves nothing.
    assert [seen[k] for k in ("size", "sha256")] == [anew[k] for k in ("size", "sha256")]


def test_a_second_growth_and_a_new_file(small: Path) -> None:
    for number in (1, 2):
        with (small / "data" / "a.csv").open("a") as file:
            file.write(f"{number}x,,NAMA BARU {number}\n")
        assert run_workspace(small).mode == "add"
    assert add_rows(small).sources["s"]["accepted"] == 304


PLACES = "year,area,programme,places\n2026,1811,kube,{n}\n"


def test_what_an_office_plans_by_makes_a_run_that_reads_no_source_again(small: Path) -> None:
    for places, run in ((5, "00002"), (5, "00002"), (6, "00003")):
        (small / "places").mkdir(exist_ok=True)
        (small / "places" / "p.csv").write_text(PLACES.format(n=places))
        again = run_workspace(small)
        assert again.run == run
    assert again.mode == "add"
    assert any("places/p.csv" in note for note in again.notes)
    assert again.sources == {"s": {"rows_in": 300, "accepted": 300, "quarantined": 0}}
    records = "runs/{}/standardise/records/part-00000.parquet"
    assert (small / records.format("00003")).samefile(small / records.format("00001"))
    assert add_rows(small).sources["s"]["accepted"] == 302
    whole = run_workspace(small, full=True)
    assert whole.sources["s"]["accepted"] == 302


def change(file: str, old: str, new: str) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        path = folder / file
        path.write_text(path.read_text().replace(old, new))

    return make


def write(file: str, text: str) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text(text)

    return make


RULING = "left_source,left_id,right_source,right_id,ruling\ns,100,s,101,different\n"


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (change("data/a.csv", "NAMA 200", "NAMA 2OO"), "what data/a.csv held has changed"),
        (change("data/a.csv", "NAMA 399\n", "NAMA 39\n"), "what data/a.csv held has changed"),
        (change("data/a.csv", "NAMA 399\n", "NAMA 3999\n"), "what data/a.csv held has changed"),
        (change("sources/s.toml", "as_of = 2025", "as_of = 2024"), "descriptions"),
        (change("tangga.toml", "as_of = 2026", "as_of = 2027"), "the day"),
        (write("rulings/a.csv", RULING), "rulings/a.csv"),
        (write("data/b.csv", HEADER + "100,,ORANG LAIN\n"), "1 rows of s have an id"),
        (write("data/b.csv", "id,nik,nama,lagi\n7,,ORANG LAIN,x\n"), "other columns"),
        (write("data/b.csv", HEADER + "".join(f"x{n},,N {n}\n" for n in range(90))), "more than"),
    ],
)
def test_anything_else_is_made_anew(small: Path, make: Callable[[Path], object], why: str) -> None:
    make(small)
    manifest = run_workspace(small)
    assert manifest.mode == "full"
    assert why in manifest.notes[0]


def test_a_file_that_is_gone_or_there_twice(small: Path) -> None:
    assert add_rows(small).mode == "add"
    shutil.move(small / "data" / "b.csv", small / "data" / "c.csv")
    assert "no longer there" in run_workspace(small).notes[0]


def test_identical_rows_without_an_id(tmp_path: Path) -> None:
    rows = "".join(f"18110101{n % 28 + 1:02}0190{n:04},NAMA {n}\n" for n in range(100, 400))
    descriptor = PEOPLE.replace("{more}", "").replace('id = "id"\n', "")
    folder = workspace(tmp_path, {"a.csv": "nik,nama\n" + rows}, descriptor)
    run_workspace(folder)
    (folder / "data" / "b.csv").write_text("nik,nama\n,BARU SEKALI\n")
    assert run_workspace(folder).mode == "add"
    (folder / "data" / "c.csv").write_text("nik,nama\n1811010117019 0100,\n,BARU SEKALI\n")
    assert "have an id that is there already" in run_workspace(folder).notes[0]


def test_a_later_row_of_an_id_supersedes_it_in_a_full_run(tmp_path: Path) -> None:
    dated = PEOPLE.replace("as_of = 2025-06-30", 'as_of = { column = "per" }').replace("{more}", "")
    rows = "".join(f"{n},,NAMA {n},2025-01-01\n" for n in range(300))
    folder = workspace(tmp_path, {"a.csv": "id,nik,nama,per\n" + rows}, dated)
    run_workspace(folder)
    (folder / "data" / "b.csv").write_text("id,nik,nama,per\n7,,NAMA TUJUH,2025-06-01\n")
    assert run_workspace(folder).mode == "full"
    latest = f"SELECT name FROM ({relation(last_complete(folder), 'records')})"
    assert ask(f"{latest} WHERE source_id = '7' AND latest") == [("NAMA TUJUH",)]


DATED = """
kind = "{kind}"
files = ["data/{files}*"]
as_of = 2025-06-30
id = "id"
[columns]
nik = "nik"
name = "nama"
birth_date = {{ column = "lahir", format = "%Y-%m-%d" }}
sex = {{ column = "jk", codes = {{ L = "male" }} }}
{more}
"""
STATUS = 'status = { column = "status", codes = { GANDA = "duplicate" } }'
DATED_HEADER = "id,nik,nama,lahir,jk\n"
OTHERS = "".join(f"{n},18110101{n % 28 + 1:02}0190{n:04},NAMA {n},,\n" for n in range(100, 400))


def dated(tmp_path: Path, rows: str) -> Path:
    """A workspace with these people and three hundred others; nothing is run."""
    descriptor = DATED.format(kind="people", files="a", more="")
    return workspace(tmp_path, {"a.csv": DATED_HEADER + rows + OTHERS}, descriptor)


def add_dated(folder: Path, rows: str, name: str = "a-later.csv") -> None:
    (folder / "data" / name).write_text(DATED_HEADER + rows)
    assert run_workspace(folder).mode == "add"


def persons(folder: Path) -> list[str]:
    """The ids of the records of each person whose records bear a letter, in order."""
    crosswalk = relation(last_complete(folder), "crosswalk")
    found = ask(
        "SELECT string_agg(source_id, ' ' ORDER BY source_id) AS ids "
        f"FROM ({crosswalk}) WHERE source_id[1] >= 'A' GROUP BY person_id ORDER BY ids"
    )
    return [ids for (ids,) in found]


def cut_links(folder: Path) -> list[tuple]:
    """The step and the reason of every link that waits for a clerk."""
    links = relation(last_complete(folder), "links")
    return ask(f"SELECT step, why FROM ({links}) WHERE decision = 'review'")


def test_a_number_between_old_persons_does_not_join_two_proven_numbers(tmp_path: Path) -> None:
    """P and Q bear one number, but each is a person with a proven number of his own. The name of
    Z, whose number it is, is like both."""
    folder = dated(
        tmp_path,
        "A1,1811010203800001,SUTARNO WIBOWO,1980-03-02,L\n"
        "A2,1811010203800001,SUTARNO WIBOWO,1980-03-02,L\n"
        "P,1811011508851234,SUTARNO WIBOWO,1980-03-02,L\n"
        "B1,1811012111820002,MULYONO WIBOWO,1982-11-21,L\n"
        "B2,1811012111820002,MULYONO WIBOWO,1982-11-21,L\n"
        "Q,1811011508851234,MULYONO WIBOWO,1982-11-21,L\n",
    )
    run_workspace(folder)
    assert persons(folder) == ["A1 A2 P", "B1 B2 Q"]
    add_dated(folder, "Z,1811011508851234,SUTARNO MULYONO,1985-08-15,L\n")
    assert persons(folder) == ["A1 A2 P Z", "B1 B2 Q"]
    assert cut_links(folder) == [("number", "two proven numbers")]
    for later in ("X", "Y"):
        row = f"{later},1811011508851234,SUTARNO MULYONO,1985-08-15,L\n"
        add_dated(folder, row, f"a-{later}.csv")
        assert cut_links(folder) == [("number", "two proven numbers")]
    assert persons(folder) == ["A1 A2 P X Y Z", "B1 B2 Q"]
    run_workspace(folder, full=True)
    assert persons(folder) == ["A1 A2", "B1 B2", "P Q X Y Z"]


def test_a_number_that_the_civil_registry_doubts_keeps_nobody_apart(tmp_path: Path) -> None:
    folder = dated(tmp_path, "D1,1871020203805678,SUTARNO WIBOWO,1980-03-02,L\n")
    civil = DATED.format(kind="civil_registry", files="c", more=STATUS)
    (folder / "sources" / "c.toml").write_text(civil)
    (folder / "data" / "c.csv").write_text(
        "id,nik,nama,lahir,jk,status\nD2,1871020203805678,SUTARNO WIBOWO,1980-03-02,L,GANDA\n"
    )
    run_workspace(folder)
    assert persons(folder) == ["D1 D2"]
    rows = [f"E{n},1811010203800001,SUTARNO WIBOWO,1980-03-02,L\n" for n in (1, 2)]
    add_dated(folder, "".join(rows))
    assert persons(folder) == ["D1 D2 E1 E2"]
    run_workspace(folder, full=True)
    assert persons(folder) == ["D1 D2 E1 E2"]


def test_an_interrupted_run_leaves_the_last_in_force(small: Path) -> None:
    def stop(step: str, _done: int, _total: int) -> None:
        if step == "resolve: spine":
            raise KeyboardInterrupt

    (small / "data" / "b.csv").write_text(HEADER + ROWS)
    with pytest.raises(KeyboardInterrupt):
        run_workspace(small, progress=stop)
    assert last_complete(small).name == "00001"
    assert read_manifest(small / "runs" / "00002") is None
    again = run_workspace(small)
    assert (again.mode, again.run, again.sources["s"]["accepted"]) == ("add", "00002", 302)
    assert list((small / "runs" / "00002").glob(".add")) == []


POINTS = (".add/00002/ingest/*", ".add/00002/link/changed/part-*", "link/links/part-00002-*",
          "resolve/persons/part-00002-*")  # fmt: skip
"""What a second run that adds has written when it is killed: each tells of another step."""


def kill_at(point: str, folder: Path) -> None:
    """Kill -9 a second run of the command as soon as it has written what the pattern names."""
    run = folder / "runs" / "00002"
    shutil.rmtree(run, ignore_errors=True)  # what an earlier kill left would pass for its own
    command = [sys.executable, "-m", "tangga", "run", str(folder)]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not any(run.glob(point)):
        assert running.poll() is None, "it ended before it could be killed"
        time.sleep(0.002)
    running.kill()
    running.wait()
    assert not (run / "manifest.json").exists()


@pytest.mark.slow
def test_killed_while_adding_and_run_again(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    generate(600, 8, folder, sources=("dtks", "regsosek", "dukcapil"))
    batch = hold_back(folder)[0]
    run_workspace(folder)
    for file, content in batch.items():
        file.write_bytes(content)
    undisturbed = Path(shutil.copytree(folder, tmp_path / "undisturbed"))
    assert run_workspace(undisturbed).mode == "add"
    before = run_tables.contents(last_complete(folder))
    for point in POINTS:
        kill_at(point, folder)
        assert last_complete(folder).name == "00001"
        assert run_tables.contents(last_complete(folder)) == before
    again = run_workspace(folder)
    assert (again.mode, again.run) == ("add", "00002")
    one, two = last_complete(folder), last_complete(undisturbed)
    assert run_tables.rows(one) == run_tables.rows(two)
    assert run_tables.unfinished(one) == []
    assert sorted(f.name for f in one.iterdir()) == sorted(f.name for f in two.iterdir())
    assert run_tables.contents(folder / "runs" / "00001") == before


def test_killed_between_the_manifest_and_the_pointer(small: Path) -> None:
    before = (small / "runs" / "CURRENT").read_bytes()
    assert add_rows(small).run == "00002"
    (small / "runs" / "CURRENT").write_bytes(before)
    again = run_workspace(small)
    assert (again.mode, again.run, again.previous) == ("add", "00003", "00001")
    runs = [run_tables.rows(small / "runs" / name) for name in ("00002", "00003")]
    assert runs[0] == runs[1]


def test_the_run_before_stays_as_it_was(small: Path) -> None:
    before = relation(last_complete(small), "crosswalk")
    rows = ask(f"{before} ORDER BY ALL")
    add_rows(small)
    assert ask(f"{before} ORDER BY ALL") == rows
