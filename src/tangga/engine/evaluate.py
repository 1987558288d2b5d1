"""A run compared with a known truth: how many links are right, how many are missing.

Truth is a CSV file `source,source_id,entity_id,family_id,flags`, one row a source record.
Counted in whole numbers and summed in Python, so that the figures do not depend on threads.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import duckdb

from tangga.engine import catalogue
from tangga.engine.connection import connect, quoted
from tangga.engine.current import last_complete
from tangga.errors import BrokenFile, UserError

TRUTH_COLUMNS = ("source", "source_id", "entity_id", "family_id", "flags")

Cell = tuple[int, int, int, int]
"""(records in the overlap, in the found group, in the true group, how many such overlaps)."""


@dataclass(frozen=True)
class Score:
    """Two shares between 0 and 1, and their harmonic mean."""

    precision: Fraction
    recall: Fraction

    @property
    def f1(self) -> Fraction:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else Fraction(0)


@dataclass(frozen=True)
class Evaluation:
    """What a comparison with the truth found.

    over_merged: persons of the register that hold records of more than one human being.
    missing: records of the truth that the register lacks; each counts as alone in its group.
    not_judged: sources of the truth of which the crosswalk holds nothing (payments and the like).
    flagged: flag -> B-cubed over the records that carry it.
    """

    pairs: Score
    b_cubed: Score
    families: Score
    flagged: dict[str, Score]
    records: int
    missing: int
    persons: int
    over_merged: int
    not_judged: tuple[str, ...] = ()

    @property
    def over_merged_share(self) -> Fraction:
        return Fraction(self.over_merged, self.persons) if self.persons else Fraction(0)


def evaluate(directory: Path, truth: Path) -> Evaluation:
    """Compare the last complete run of a workspace with a truth file.

    UserError where the file is not there, lacks a column, or repeats a record.
    """
    return compare(catalogue.relation(last_complete(directory), "crosswalk"), truth)


def compare(crosswalk: str, truth: Path, *, flags: bool = True) -> Evaluation:
    """Compare any SELECT of `source, source_id, person_id, family_id` with a truth file.

    flags: also B-cubed for each flag. UserError as for `evaluate`.
    """
    with connect() as con:
        _load_truth(con, truth)
        _load_found(con, crosswalk)
        return _evaluation(con, flags)


def _evaluation(con: duckdb.DuckDBPyConnection, flags: bool) -> Evaluation:
    persons = _cells(con, "person_id", "entity_id")
    over_merged, all_persons, missing, records = _counts(con)
    return Evaluation(
        pairs=by_pairs(persons),
        b_cubed=by_record(persons),
        families=by_pairs(_cells(con, "found_family_id", "family_id")),
        flagged={flag: _flagged(con, flag) for flag in _flags(con)} if flags else {},
        records=records,
        missing=missing,
        persons=all_persons,
        over_merged=over_merged,
        not_judged=_not_judged(con),
    )


def by_pairs(cells: list[Cell]) -> Score:
    """Over pairs of records: the share of found pairs that are true, of true pairs found."""
    right = sum(_pairs(n) * times for n, _, _, times in cells)
    found, true = _sizes(cells)
    return Score(_share(right, found), _share(right, true))


def by_record(cells: list[Cell]) -> Score:
    """B-cubed: over records, the mean share of its found group that is truly with it (precision)
    and of its true group that was found with it (recall)."""
    records = sum(n * times for n, _, _, times in cells)
    precision = sum(Fraction(n * n * times, found) for n, found, _, times in cells)
    recall = sum(Fraction(n * n * times, true) for n, _, true, times in cells)
    return Score(_share(precision, records), _share(recall, records))


def _pairs(n: int) -> int:
    return n * (n - 1) // 2


def _share(part: Fraction | int, whole: int) -> Fraction:
    return Fraction(part) / whole if whole else Fraction(1)


def _sizes(cells: list[Cell]) -> tuple[int, int]:
    """Pairs in all found groups and in all true groups: each of a group's n records brings
    (n - 1) / 2 of them."""
    found = sum(Fraction(n * times * (size - 1), 2) for n, size, _, times in cells)
    true = sum(Fraction(n * times * (size - 1), 2) for n, _, size, times in cells)
    return int(found), int(true)


def _load_truth(con: duckdb.DuckDBPyConnection, truth: Path) -> None:
    if not truth.is_file():
        todo = "Name it with --truth FILE; `tangga people` writes one"
        raise UserError("no such file", file=truth, todo=todo)
    with truth.open(encoding="utf-8") as file:
        header = tuple(file.readline().rstrip("\r\n").split(","))
    if not set(TRUTH_COLUMNS) <= set(header):
        raise BrokenFile(f"needs the columns {','.join(TRUTH_COLUMNS)}", file=truth, line=1)
    con.execute(
        f"CREATE TABLE truth AS SELECT {', '.join(TRUTH_COLUMNS)} FROM read_csv("
        f"'{quoted(truth)}', header = true, all_varchar = true, delim = ',', quote = '\"')"
    )
    repeated = con.execute(
        "SELECT count(*) FROM (SELECT 1 FROM truth GROUP BY source, source_id HAVING count(*) > 1)"
    ).fetchall()[0][0]
    if repeated:
        raise BrokenFile(f"{repeated} records stand in it more than once", file=truth)


def _load_found(con: duckdb.DuckDBPyConnection, crosswalk: str) -> None:
    """Beside each record of the truth, where the run put it; absent and null stand alone."""
    con.execute(f"CREATE TABLE found AS {crosswalk}")
    con.execute(
        """
        CREATE TABLE placed AS
        SELECT
            t.*,
            c.person_id IS NULL AS missing,
            coalesce(c.person_id::VARCHAR, chr(31) || t.source || chr(31) || t.source_id)
                AS person_id,
            c.family_id::VARCHAR AS found_family_id
        FROM truth AS t
        LEFT JOIN found AS c ON c.source = t.source AND c.source_id = t.source_id
        WHERE t.source IN (SELECT source FROM found)
        """
    )


def _not_judged(con: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    rows = con.execute(
        "SELECT DISTINCT source FROM truth ANTI JOIN found USING (source) ORDER BY source"
    ).fetchall()
    return tuple(source for (source,) in rows)


def _cells(con: duckdb.DuckDBPyConnection, found: str, true: str, flag: str = "") -> list[Cell]:
    """Sizes of the overlaps between found and true groups; a null is a group of its own.

    flag: count in the overlap only records that carry it (the groups stay whole).
    """
    alone = "chr(31) || source || chr(31) || source_id"
    wanted = f"list_contains(string_split_regex(flags, '[^a-z0-9_]+'), '{flag}')"
    return con.execute(
        f"""
        WITH groups AS (
            SELECT
                coalesce(nullif({found}, ''), {alone}) AS f,
                coalesce(nullif({true}, ''), {alone}) AS t,
                {wanted if flag else "true"} AS wanted
            FROM placed
        ),
        cells AS (
            SELECT f, t, count(*) AS n, count(*) FILTER (WHERE wanted) AS w
            FROM groups
            GROUP BY f, t
        ),
        sized AS (
            SELECT n, w, sum(n) OVER (PARTITION BY f) AS nf, sum(n) OVER (PARTITION BY t) AS nt
            FROM cells
        )
        SELECT {"n, w," if flag else "n,"} nf::BIGINT, nt::BIGINT, count(*)
        FROM sized
        WHERE w > 0
        GROUP BY ALL
        ORDER BY ALL
        """
    ).fetchall()


def _flagged(con: duckdb.DuckDBPyConnection, flag: str) -> Score:
    cells = _cells(con, "person_id", "entity_id", flag)
    records = sum(w * times for _, w, _, _, times in cells)
    precision = sum(Fraction(n * w * times, found) for n, w, found, _, times in cells)
    recall = sum(Fraction(n * w * times, true) for n, w, _, true, times in cells)
    return Score(_share(precision, records), _share(recall, records))


def _flags(con: duckdb.DuckDBPyConnection) -> list[str]:
    rows = con.execute(
        "SELECT DISTINCT unnest(string_split_regex(flags, '[^a-z0-9_]+')) AS flag "
        "FROM placed ORDER BY flag"
    ).fetchall()
    return [flag for (flag,) in rows if flag]


def _counts(con: duckdb.DuckDBPyConnection) -> tuple[int, int, int, int]:
    return con.execute(
        """
        SELECT
            (SELECT count(*) FROM (
                SELECT person_id FROM placed WHERE NOT missing
                GROUP BY person_id HAVING count(DISTINCT entity_id) > 1
            )),
            (SELECT count(DISTINCT person_id) FROM placed WHERE NOT missing),
            count(*) FILTER (WHERE missing),
            count(*)
        FROM placed
        """
    ).fetchall()[0]
