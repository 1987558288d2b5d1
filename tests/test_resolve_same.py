"""On invented people: the same rows whatever the parts, threads and order, and good families."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import pytest

from tangga.engine import ingest, link, resolve, standardise, tables
from tangga.engine.context import Context
from tangga.engine.evaluate import by_pairs
from tangga.engine.workspace import Workspace, load_workspace
from tangga.synthetic.workspace import generate

FINAL = (
    "crosswalk",
    "persons",
    "families",
    "memberships",
    "ledger",
    "events",
    "rankings",
    "family_facts",
    "civil_matches",
    "deaths",
    "base_differences",
    "proposals",
    "without_papers",
    "event_review",
)


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Path]:
    """A workspace of 1,500 invented people, and a run up to `link`."""
    folder = tmp_path_factory.mktemp("people")
    generate(1500, 3, folder)
    workspace = load_workspace(folder)
    run = folder / "runs" / "00001"
    run.mkdir(parents=True)
    for stage in (ingest, standardise, link):
        stage.run(Context(workspace, run))
    return workspace, run


def resolved(
    linked: tuple[Workspace, Path], folder: Path, *, shuffle: bool = False, **limits: int
) -> Path:
    """Resolve again in a folder of its own, with other parts or threads, or shuffled rows."""
    workspace, run = linked
    folder.mkdir()
    for stage in ("standardise", "link"):
        for table in (run / stage).iterdir():
            if shuffle and tables.exists(table) and "rid" in _columns(table):
                _shuffle(table, folder / stage / table.name)
            else:
                (folder / stage).mkdir(exist_ok=True)
                (folder / stage / table.name).symlink_to(table)
    resolve.run(Context(workspace, folder, **limits))
    return folder


def _shuffle(table: Path, target: Path) -> None:
    with duckdb.connect() as con:
        rows = f"SELECT * FROM {tables.scan(table)} ORDER BY hash(rid, 'shuffled'), rid"
        tables.write(con, rows, target)


def _columns(table: Path) -> set[str]:
    return {r[0] for r in duckdb.sql(f"DESCRIBE SELECT * FROM {tables.scan(table)}").fetchall()}


def rows(run: Path, table: str) -> str:
    """A fingerprint of the rows of a table, in whatever order they stand (`file` and `line`
    apart)."""
    scan = tables.scan(run / "resolve" / table)
    left_out = (
        " EXCLUDE (file, line)" if {"file", "line"} <= _columns(run / "resolve" / table) else ""
    )
    found = duckdb.sql(f"SELECT *{left_out} FROM {scan}").fetchall()
    return hashlib.sha256("\n".join(sorted(map(repr, found))).encode()).hexdigest()


@pytest.fixture(scope="module")
def plain(linked: tuple[Workspace, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return resolved(linked, tmp_path_factory.mktemp("plain") / "run", threads=1)


@pytest.mark.parametrize(
    ("parts", "threads", "shuffle"),
    [(1, 2, True), (3, 1, False), pytest.param(17, 2, True, marks=pytest.mark.slow)],
)
def test_parts_threads_and_order_change_nothing(
    linked: tuple[Workspace, Path],
    plain: Path,
    tmp_path: Path,
    parts: int,
    threads: int,
    shuffle: bool,
) -> None:
    other = resolved(linked, tmp_path / "run", parts=parts, threads=threads, shuffle=shuffle)
    different = [table for table in FINAL if rows(plain, table) != rows(other, table)]
    assert different == []


def test_two_runs_alike_give_the_same_bytes(
    linked: tuple[Workspace, Path], plain: Path, tmp_path: Path
) -> None:
    for threads in (1, 2):
        again = resolved(linked, tmp_path / str(threads), threads=threads)
        for table in FINAL:
            one, two = (tables.part_file(run / "resolve" / table, 0) for run in (plain, again))
            assert one.read_bytes() == two.read_bytes(), (table, threads)


def test_promises_of_the_register(plain: Path) -> None:
    scan = {table: tables.scan(plain / "resolve" / table) for table in FINAL}
    broken = {
        "several open programme rows": f"""SELECT person_id FROM {scan["memberships"]}
            WHERE programme GROUP BY person_id HAVING count(*) > 1""",
        "a closed programme row": f"""SELECT 1 FROM {scan["memberships"]}
            WHERE programme AND valid_to IS NOT NULL""",
        "a living person of a family without a programme row": f"""SELECT 1 FROM {scan["persons"]}
            AS p ANTI JOIN (SELECT * FROM {scan["memberships"]} WHERE programme) AS m
            ON p.person_id = m.person_id AND p.family_id = m.family_id
            WHERE p.family_id IS NOT NULL AND p.status <> 'dead'""",
        "a key twice": f"""SELECT 1 FROM {scan["memberships"]}
            GROUP BY person_id, family_id, kind, valid_from HAVING count(*) > 1""",
        "an empty period": f"""SELECT 1 FROM {scan["memberships"]} WHERE valid_to <= valid_from""",
        "a record twice": f"""SELECT 1 FROM {scan["crosswalk"]}
            GROUP BY source, source_id HAVING count(*) > 1""",
        "a person without a row": f"""SELECT 1 FROM {scan["crosswalk"]} AS c
            ANTI JOIN {scan["persons"]} AS p ON c.person_id = p.person_id""",
        "a family without a row": f"""SELECT 1 FROM {scan["memberships"]} AS m
            ANTI JOIN {scan["families"]} AS f ON m.family_id = f.family_id""",
        "a head of another family": f"""SELECT 1 FROM {scan["families"]} AS f
            JOIN {scan["persons"]} AS p ON f.head_person_id = p.person_id
            WHERE f.member_count > 0 AND p.family_id <> f.family_id""",
    }
    assert [what for what, sql in broken.items() if duckdb.sql(sql).fetchall()] == []


@pytest.mark.slow
def test_families_of_invented_people(linked: tuple[Workspace, Path], plain: Path) -> None:
    truth = linked[0].dir / "truth.csv"
    cells = duckdb.sql(f"""
        WITH placed AS (
          SELECT coalesce(c.family_id, c.person_id) AS f, t.family_id AS t
          FROM read_csv('{truth}', all_varchar = true) AS t
          JOIN {tables.scan(plain / "resolve" / "crosswalk")} AS c USING (source, source_id)
        ),
        cells AS (SELECT f, t, count(*) AS n FROM placed GROUP BY f, t)
        SELECT n, sum(n) OVER (PARTITION BY f)::BIGINT, sum(n) OVER (PARTITION BY t)::BIGINT, 1
        FROM cells""").fetchall()
    assert by_pairs(cells).f1 >= 0.97
