"""Invented people against the truth: deciles of two releases, and whom the release lacks."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tangga.engine import tables
from tangga.engine.run import run_workspace
from tangga.synthetic import generate

pytestmark = pytest.mark.slow

THEIRS = """
CREATE TABLE theirs AS SELECT family_id, truth FROM (
  SELECT c.family_id, t.family_id AS truth,
         row_number() OVER (PARTITION BY c.family_id ORDER BY count(*) DESC, t.family_id) AS place
  FROM crosswalk AS c JOIN truth AS t USING (source, source_id)
  WHERE source = 'dtsen' GROUP BY c.family_id, t.family_id
) WHERE place = 1
"""
"""A family of the register, and the true one that most of its people in the release are of."""


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    folder: Path = tmp_path_factory.mktemp("truth")
    generate(4000, 3, folder, sources=("dtsen", "dukcapil", "peringkat_desil"))
    run = folder / "runs" / run_workspace(folder, full=True, until="rank").run
    made = duckdb.connect()
    named = {"crosswalk": "resolve"}
    named |= dict.fromkeys(("ranking", "rank_changes", "coverage", "coverage_missing"), "rank")
    for name, stage in named.items():
        made.execute(f"CREATE TABLE {name} AS SELECT * FROM {tables.scan(run / stage / name)}")
    read = {"truth": "all_varchar = true", "truth_families": "types = {'official': 'INTEGER'}"}
    for name, how in read.items():
        made.execute(f"CREATE TABLE {name} AS FROM read_csv('{folder / name}.csv', {how})")
    made.execute(THEIRS)
    return made


def one(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    return con.execute(sql).fetchall()[0]


def test_no_family_has_the_decile_of_another(con: duckdb.DuckDBPyConnection) -> None:
    families, same, other = one(
        con,
        """
        SELECT count(*), count(*) FILTER (WHERE r.decile_official IS NOT DISTINCT FROM f.official),
               count(*) FILTER (WHERE r.decile_official <> f.official)
        FROM theirs AS t JOIN truth_families AS f ON t.truth = f.family_id
        JOIN ranking AS r ON t.family_id = r.family_id""",
    )
    assert (other, same >= 0.97 * families) == (0, True)


def test_changed_deciles_are_those_of_the_truth(con: duckdb.DuckDBPyConnection) -> None:
    truly, found = one(
        con,
        """
        SELECT count(*), count(*) FILTER (
                 WHERE c.decile IS NOT DISTINCT FROM f.official
                 AND c.decile_before IS NOT DISTINCT FROM f.official_before)
        FROM theirs AS t JOIN truth_families AS f ON t.truth = f.family_id
        LEFT JOIN rank_changes AS c ON t.family_id = c.family_id
        WHERE f.official IS DISTINCT FROM f.official_before""",
    )
    (reported,) = one(con, "SELECT count(*) FROM rank_changes SEMI JOIN theirs USING (family_id)")
    assert truly > 50 and found >= 0.95 * truly and found >= 0.95 * reported


LACKING = """
SELECT DISTINCT family_id FROM truth
WHERE family_id NOT IN (SELECT family_id FROM truth WHERE source = 'dtsen')
  AND source = 'dukcapil' AND NOT list_contains(string_split(coalesce(flags, ''), ';'), 'dead')
"""
LISTED = """
SELECT DISTINCT m.number, t.family_id FROM (
  SELECT row_number() OVER () AS number, source, unnest(string_split(source_ids, ', ')) AS source_id
  FROM coverage_missing
) AS m JOIN truth AS t USING (source, source_id)
"""


def test_who_is_listed_as_lacking_truly_lacks(con: duckdb.DuckDBPyConnection) -> None:
    listed, hits = one(
        con,
        f"SELECT count(DISTINCT number), count(DISTINCT number) FILTER (WHERE family_id IN "
        f"({LACKING})) FROM ({LISTED})",
    )
    lacking, found = one(
        con,
        f"SELECT count(*), count(*) FILTER (WHERE family_id IN (SELECT family_id FROM ({LISTED}))) "
        f"FROM ({LACKING})",
    )
    assert listed > 20 and hits >= 0.85 * listed and found >= 0.95 * lacking


def test_the_estimate_is_near_the_families_that_there_are(con: duckdb.DuckDBPyConnection) -> None:
    (estimate,) = one(con, "SELECT sum(coalesce(estimate, registered)) FROM coverage")
    (families,) = one(con, "SELECT count(*) FROM truth_families WHERE people > 0")
    assert abs(float(estimate) / families - 1) < 0.03
