"""The release of a run: what is in it, what is apart, and that what is broken is found."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tangga.engine.catalogue import Run, relation
from tangga.engine.connection import connect
from tangga.engine.context import Context
from tangga.engine.current import last_complete
from tangga.engine.manifest import read_manifest
from tangga.engine.publish import check, pieces, stage
from tangga.engine.publish.check import BrokenRelease, check_release, read_release
from tangga.engine.publish.prove import prove
from tangga.engine.publish.release import LISTS, MANIFEST, Writer, write_rows
from tangga.engine.publish.spec import _read, released
from tangga.engine.publish.views import masked
from tangga.engine.run import run_workspace
from tangga.engine.workspace import load_workspace
from tangga.errors import UserError
from tangga.hashing import sha256
from tangga.registry import load_pack
from tangga.registry.areas import load_areas
from tangga.registry.model import Column
from tangga.registry.privacy import PRIVACY_LABELS, mask
from village import CAST, write_village

PACK = load_pack("indonesia")
AREAS = load_areas(PACK.dir)
OF_NOBODY = ("foci", "pace", "targets", "budget_lines", "budget_tree", "plan_lines", "outcomes")
"""Tables in which the word stands for a focus or a pilar, not for a family."""

CASES = """kind = "cases"
files = ["kasus.csv"]
as_of = 2026-01-31
trust = 70
id = "id"
[columns]
nik = "nik"
name = "nama"
kind = { column = "klaster", codes = { "DISABILITAS" = "disability" } }
opened = { column = "dibuka", format = "%Y-%m-%d" }
state = { column = "keadaan", codes = { "DALAM LAYANAN" = "in_service" } }
"""
MOVES = """kind = "events"
files = ["langkah.csv"]
as_of = 2026-01-31
trust = 70
id = "id"
[columns]
nik = "nik"
name = "nama"
event = { column = "jenis", codes = { "LANGKAH" = "rung_move" } }
on_date = { column = "tanggal", format = "%Y-%m-%d" }
rung = { column = "ke", codes = { "REHABILITASI" = "rehabilitation" } }
"""
FIXES = """kind = "corrections"
files = ["koreksi.csv"]
as_of = 2026-01-31
trust = 90
id = "id"
[columns]
correction_id = "id"
nik = "nik"
name = "nama"
field = { column = "kolom", codes = { "ALAMAT" = "address" } }
value = "isi"
accepted_at = "diterima"
"""


def write(folder: Path) -> Path:
    """The village, a case of its own, a recorded move to rehabilitation, two corrections."""
    write_village(folder)
    anton, sari = CAST["anton"], CAST["sari"]
    files = {
        "kasus": ("id,nik,nama,klaster,dibuka,keadaan", CASES,
                  f"k1,{anton.nik},{anton.name},DISABILITAS,2025-10-01,DALAM LAYANAN"),
        "langkah": ("id,nik,nama,jenis,tanggal,ke", MOVES,
                    f"l1,{anton.nik},{anton.name},LANGKAH,2025-11-01,REHABILITASI"),
        "koreksi": ("id,nik,nama,kolom,isi,diterima", FIXES,
                    "\n".join([f"c1,{sari.nik},{sari.name},ALAMAT,JL LAMA 1,2025-12-01",
                               f"c2,{sari.nik},{sari.name},ALAMAT,JL BARU 2,2026-01-05"])),
    }  # fmt: skip
    for name, (header, descriptor, rows) in files.items():
        (folder / "sources" / f"{name}.toml").write_text(descriptor, encoding="utf-8")
        (folder / f"{name}.csv").write_text(f"{header}\n{rows}\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write(tmp_path_factory.mktemp("published"))
    run_workspace(folder, full=True, threads=2)
    return folder


@pytest.fixture(scope="module")
def release(workspace: Path) -> Path:
    return last_complete(workspace) / "publish" / "release"


def table(release: Path, name: str, what: str = "*", where: str = "TRUE") -> list[tuple]:
    file = release / read_release(release)["tables"][name]["file"]
    return duckdb.sql(f"SELECT {what} FROM '{file}' WHERE {where}").fetchall()


def test_a_full_run_publishes_and_says_so(workspace: Path, release: Path) -> None:
    manifest = read_manifest(last_complete(workspace))
    said = check_release(release, AREAS)
    assert manifest is not None and manifest.published["release"] == said["release"]
    assert said["policy"]["sha256"] == manifest.policy["sha256"]
    assert (said["run"], said["as_of"], said["previous"]) == ("00001", "2026-01-31", None)
    assert {"persons", "families", "decisions", "moves", "ranking", "lineage"} <= set(
        said["tables"]
    )


def test_every_column_has_a_class_and_what_is_not_named_stays_inside(release: Path) -> None:
    for name, about in read_release(release)["tables"].items():
        assert about["columns"], name
        for column in about["columns"].values():
            assert column["privacy"] in PRIVACY_LABELS
        if name.endswith("_case") or name in ("cases", "assessments"):
            assert {c["privacy"] for c in about["columns"].values()} == {"case"}
        else:
            assert "case" not in {c["privacy"] for c in about["columns"].values()}, name


def test_each_column_of_a_released_table_is_released_or_left_out_on_purpose(
    workspace: Path,
) -> None:
    run = Run(last_complete(workspace))
    forgotten = [
        f"{one.name}.{column}"
        for one in released()
        if not one.view and run.has(one.stage, one.table)
        for column in run.columns(one.stage, one.table)
        if one.class_of(column, PACK) is None
        and column not in one.left_out
        and not (one.schema and column in PACK.tables[one.schema].columns)  # its references
    ]
    assert forgotten == []


def test_what_the_list_says_wrong_is_refused() -> None:
    with pytest.raises(ValueError, match="no privacy class"):
        _read("t", {"stage": "plan", "key": ["a"], "secret": ["a"]})
    with pytest.raises(ValueError, match="two classes"):
        _read("t", {"stage": "plan", "key": ["a"], "open": ["a"], "personal": ["a"]})


def test_rehabilitation_is_in_files_of_its_own(release: Path) -> None:
    said = read_release(release)["tables"]
    (anton,) = table(release, "cases", "person_id")
    (family,) = table(release, "moves_case", "DISTINCT family_id", "rung = 'rehabilitation'")
    assert set(table(release, "moves", "rung", f"family_id = '{family[0]}'")) == {(None,)}
    assert table(release, "events_case", "rung") == [("rehabilitation",)]
    assert ("atensi", anton[0]) in table(release, "decisions_case", "programme, person_id")
    facts = {
        name.split("/")[1] for name, c in read_release(release)["facts"].items() if c == "case"
    }
    for name, about in said.items():
        if name.endswith("_case") or name in ("cases", "assessments", *OF_NOBODY):
            continue
        columns = [
            column
            for column, kind in about["columns"].items()
            if kind["type"] == "VARCHAR" and kind["privacy"] != "open"
        ]
        text = (
            "concat_ws(' ', " + ", ".join(f'"{one}"' for one in columns) + ")" if columns else "''"
        )
        rows = " ".join(row[0] for row in table(release, name, text))
        assert "rehabilit" not in rows and "atensi" not in rows, name
        assert [f for f in facts if f'"fact":"{f}"' in rows] == [], name


def test_the_corrections_taken_in_are_listed_the_losing_ones_too(release: Path) -> None:
    assert read_release(release)["corrections"] == {"consumed": ["c1", "c2"], "applied": ["c2"]}


def test_evidence_is_masked_and_the_register_is_not(release: Path) -> None:
    numbers = {v.nik for v in CAST.values() if v.nik}
    assert {n for (n,) in table(release, "persons", "nik")} & numbers
    for name in ("records", "review_queue", "links"):
        columns = read_release(release)["tables"][name]["columns"]
        masked_ones = [
            c for c in columns if c.removeprefix("left_").removeprefix("right_") == "nik"
        ]
        for column in masked_ones:
            shown = {n for (n,) in table(release, name, column)}
            assert not shown & numbers and any(n and n.startswith("****") for n in shown), name
    assert any("***" in name for (name,) in table(release, "records", "name"))


words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=24)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["last4", "initials", "year", "hidden"]), words, st.dates())
def test_masks_in_sql_are_those_of_the_registry(way: str, text: str, day: date) -> None:
    kind = "date" if way == "year" else "text"
    column = Column("x", kind, {}, "identity", "t", mask=way)
    value: object = day if way == "year" else text
    sql = masked(column, "$1", "evidence")
    shown = None if sql is None else duckdb.execute(f"SELECT {sql}", [value]).fetchall()[0][0]
    assert shown == mask(column, value, "evidence")


def test_where_a_value_is_from_is_found_by_its_slot(release: Path) -> None:
    told = """SELECT count(*) FROM '{0}/provenance_persons.parquet' AS p
      JOIN '{0}/crosswalk.parquet' AS c ON c.person_id = p.person_id AND c.slot = p.won_name"""
    people = table(release, "persons", "count(*)", "name IS NOT NULL")
    assert duckdb.sql(told.format(release)).fetchall() == people


def damaged(release: Path, target: Path, damage: Callable[[Path], None]) -> Path:
    shutil.copytree(release, target)
    damage(target)
    return target


def test_a_flipped_byte_is_found(release: Path, tmp_path: Path) -> None:
    def flip(folder: Path) -> None:
        raw = bytearray((folder / "persons.parquet").read_bytes())
        raw[len(raw) // 2] ^= 1
        (folder / "persons.parquet").write_bytes(bytes(raw))

    with pytest.raises(BrokenRelease, match=r"persons: .* not the file that was published"):
        check_release(damaged(release, tmp_path / "r", flip))


def test_a_missing_file_and_a_stranger_are_found(release: Path, tmp_path: Path) -> None:
    def swap(folder: Path) -> None:
        (folder / "moves.parquet").rename(folder / "more.parquet")

    with pytest.raises(BrokenRelease, match=r"moves\.parquet is missing") as raised:
        check_release(damaged(release, tmp_path / "r", swap))
    assert "more.parquet: no file of this release" in str(raised.value)


def rewrite(folder: Path, name: str, sql: str) -> None:
    """Another content of a table, which the manifest describes truly."""
    said = read_release(folder)
    file = folder / said["tables"][name]["file"]
    other = folder / "other"
    duckdb.execute(f"COPY ({sql.format(file)}) TO '{other}' (FORMAT parquet)")
    other.replace(file)
    rows = duckdb.sql(f"SELECT count(*) FROM '{file}'").fetchall()[0][0]
    said["tables"][name] |= {"rows": rows, "bytes": file.stat().st_size, "sha256": sha256(file)}
    (folder / MANIFEST).write_text(json.dumps(said), encoding="utf-8")


@pytest.mark.parametrize("of_key", [check.OF_KEY, 10**9], ids=["at once", "in pieces"])
@pytest.mark.parametrize(
    ("name", "sql", "told"),
    [
        ("persons", "SELECT * FROM '{0}' UNION ALL SELECT * FROM '{0}'", "stand more than once"),
        ("families", "SELECT * FROM '{0}' LIMIT 1", "are in no row of families"),
        ("families", "SELECT * REPLACE ('9999999999' AS village) FROM '{0}'", "areas of village"),
        ("persons", "SELECT * EXCLUDE (nik) FROM '{0}'", "columns are not those"),
    ],
)
def test_a_contradiction_is_found(
    release: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    sql: str,
    told: str,
    of_key: int,
) -> None:
    monkeypatch.setattr(check, "OF_KEY", of_key)
    folder = damaged(release, tmp_path / "r", lambda folder: rewrite(folder, name, sql))
    with pytest.raises(BrokenRelease, match=told):
        check_release(folder, AREAS)


def test_no_folder_is_no_release(tmp_path: Path) -> None:
    with pytest.raises(BrokenRelease, match="no release here"):
        read_release(tmp_path)


def test_the_same_run_publishes_the_same_bytes(workspace: Path, tmp_path: Path) -> None:
    run = tmp_path / "runs" / "00001"
    shutil.copytree(last_complete(workspace), run)
    before = {f: f.read_bytes() for f in (run / "publish").rglob("*") if f.is_file()}
    shutil.rmtree(run / "publish")
    stage.run(Context(load_workspace(workspace), run, threads=1, parts=3))
    assert {f: f.read_bytes() for f in (run / "publish").rglob("*") if f.is_file()} == before


def test_what_cannot_be_proven_publishes_nothing(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "runs" / "00001"
    shutil.copytree(last_complete(workspace), run, ignore=shutil.ignore_patterns("publish"))

    def fails(_folder: Path) -> None:
        raise UserError("told")

    monkeypatch.setattr("tangga.engine.publish.open_tables.prove", fails)
    with pytest.raises(UserError, match="told"):
        stage.run(Context(load_workspace(workspace), run))
    assert list((run / "publish").iterdir()) == []


def test_the_open_tables_describe_themselves(workspace: Path) -> None:
    folder = last_complete(workspace) / "publish" / "open"
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    for resource in package["resources"]:
        assert resource["hash"] == f"sha256:{sha256(folder / resource['path'])}"
        header = (folder / resource["path"]).read_text(encoding="utf-8").splitlines()[0]
        assert header.split(",") == [field["name"] for field in resource["schema"]["fields"]]
    numbers = (folder / "families_by_decile.csv").read_text(encoding="utf-8")
    assert "families people" in numbers  # a village of ten families tells nothing
    assert prove(folder).suppressed > 0
    rows = (folder / "programmes.csv").read_text(encoding="utf-8").splitlines()
    # A programme of which nobody sent a list has no recipients of 0, and nobody who waits.
    told = {(r.split(",")[3], r.split(",")[4]) for r in rows[1:] if r.startswith("country")}
    assert ("pip", "determined") not in told and ("pip", "waiting") not in told
    assert ("pip", "fits") in told and ("pkh", "determined") in told and ("pkh", "fits") not in told
    assert {row.split(",")[0] for row in rows if ",atensi," in row} == {
        "country", "province", "regency",
    }  # fmt: skip


@pytest.mark.slow
def test_only_publish_adding_and_replays(workspace: Path, tmp_path: Path) -> None:
    folder = tmp_path / "w"
    shutil.copytree(workspace, folder)
    first = read_release(last_complete(folder) / "publish" / "release")
    again = run_workspace(folder, only="publish")
    second = read_release(last_complete(folder) / "publish" / "release")
    assert (again.complete, again.run, second["previous"]) == (True, "00002", first["release"])
    assert [t["sha256"] for t in first["tables"].values()] == [
        t["sha256"] for t in second["tables"].values()
    ]
    (folder / "targets").mkdir()
    rows = (
        "year,area,pilar,worker,programme,measure,value\n2026,1811,pkh_companion,,,graduations,1\n"
    )
    (folder / "targets" / "t.csv").write_text(rows, encoding="utf-8")
    added = run_workspace(folder)
    assert (added.mode, added.complete, added.published) == ("add", True, {})
    assert not (last_complete(folder) / "publish").exists()
    until = run_workspace(folder, until="plan")
    assert (until.complete, until.published) == (True, {})
    replay = run_workspace(folder, as_of=date(2025, 6, 30))
    assert (replay.complete, replay.published) == (True, {})
    with pytest.raises(UserError, match="a replay of an earlier day is not published"):
        run_workspace(folder, only="publish", as_of=date(2025, 6, 30))


def test_the_run_itself_stays_whole(workspace: Path) -> None:
    """What a release splits, `tangga show` and `explain` still have."""
    moves = relation(last_complete(workspace), "moves")
    assert duckdb.sql(f"SELECT 1 FROM ({moves}) WHERE rung = 'rehabilitation'").fetchall()


@pytest.mark.parametrize("name", ["visits_asked", "decisions", "decisions_case", "waiting"])
def test_long_texts_are_the_same_in_pieces(
    name: str, workspace: Path, release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "SHARE", 1.5e-4)  # a few families at a time
    monkeypatch.setitem(LISTS, "waiting", ("waits", "programme", 10**6))  # a list at a time
    of = load_workspace(workspace)
    run = last_complete(workspace)
    try:
        with connect(memory="500MB") as con:
            writer = Writer(Run(run), of.today, of.pack, con)
            (table,) = (one for one in writer.tables() if one.name == name)
            assert len(table.sql) > 2
            file = tmp_path / f"{name}.parquet"
            written = write_rows(con, table.sql, file)
    finally:
        shutil.rmtree(run / ".spill", ignore_errors=True)
    assert written > 0
    assert (
        duckdb.sql(f"FROM '{file}'").fetchall()
        == duckdb.sql(f"FROM '{release / f'{name}.parquet'}'").fetchall()
    )
