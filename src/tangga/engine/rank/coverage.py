"""Whom the register lacks: families on a list that the official release, or the register, has not.

A list is a civil registry, or a source of people whose descriptor says `role = "list"` (a village's
own list). The register proper is the base where there is one, else all sources of people that are
no list. Families are the register's: a family on a list is found where the register proper knows
anybody of it. What is lacking is listed, village by village, and nothing is added by itself.

How many families neither has is estimated from how well the two overlap (capture and recapture), in
the form of Chapman (1951), "Some properties of the hypergeometric distribution with applications to
zoological sample censuses", Univ. of California Publ. in Statistics 1, 131-160, with the variance
of Seber (1982), "The Estimation of Animal Abundance", section 3.1. With n families on the list, r
in the register and m in both:

    N  = (n + 1)(r + 1) / (m + 1) - 1
    se = sqrt((n + 1)(r + 1)(n - m)(r - m) / ((m + 1)^2 (m + 2)))

It assumes that nobody came or went between the days of the two; that whoever is in both was
recognised; that everybody on either is a family of this place; and that being on one does not make
being on the other more likely. The last does not hold where one list was made with the other, or
where the same people are left out by both, such as those without papers: the estimate is then too
low. Families that were not recognised make it too high. The standard error is of chance alone.
"""

from __future__ import annotations

from math import sqrt

from tangga.engine import tables
from tangga.engine.rank.statements import statement
from tangga.engine.received import received
from tangga.engine.resolve import ids
from tangga.engine.runner import Steps

LIST, CIVIL = "list", "civil_registry"
LIVING = ("active", "not_recorded")
"""States of the civil registry of people who are there; no state is taken for active."""
ENOUGH = 7
"""So many families on both at least: below it the bias of the estimate is not small (Robson and
Regier 1964, "Sample size in Petersen mark-recapture experiments"; Seber 1982, section 3.1)."""
NO_LINKS = "(SELECT NULL::BIGINT AS left_rid, NULL::BIGINT AS right_rid, '' AS decision LIMIT 0)"
RECORD = {
    "rid": "BIGINT",
    "source": "VARCHAR",
    "source_id": "VARCHAR",
    "name": "VARCHAR",
    "village": "VARCHAR",
    "kk": "VARCHAR",
    "status": "VARCHAR",
}
FAMILY = {"family_id": "VARCHAR", "village": "VARCHAR", "status": "VARCHAR"}


def chapman(listed: int, registered: int, both: int) -> tuple[float, float] | None:
    """Estimate of all families and its standard error; None where too few are on both."""
    if both < ENOUGH:
        return None
    n, r, m = listed + 1, registered + 1, both + 1
    spread = n * r * (listed - both) * (registered - both) / (m * m * (m + 1))
    return n * r / m - 1, sqrt(spread)


def write_coverage(steps: Steps) -> None:
    """Write `coverage` and `coverage_missing`, where a list was received."""
    lists = [s.name for s in steps.ctx.workspace.sources if s.kind == CIVIL or s.role == LIST]
    if not lists:
        return
    records = _records(steps)
    spine, kin = (steps.ctx.scan("resolve", name) for name in ("spine", "kin"))
    named = ", ".join(map(_quoted, lists))
    base = steps.fetch(f"SELECT 1 FROM {spine} WHERE base LIMIT 1")
    proper = "s.base" if base else f"s.source NOT IN ({named})"
    listed = statement(
        "listed",
        spine=spine,
        kin=kin,
        states=f"(SELECT rid, status FROM {records} WHERE source IN ({named}))",
        lists=named,
        proper=proper,
        living=", ".join(map(_quoted, LIVING)),
    )
    steps.whole("listed", listed, scratch=True)
    units = _units(steps)
    families = {"listed": steps.scan("listed"), "records": records, "units": units}
    steps.whole("listed_families", statement("listed_families", **families), scratch=True)
    registered = (
        f"(SELECT DISTINCT u.unit, u.village FROM {spine} AS s JOIN {kin} AS k ON s.pid = k.pid "
        f"JOIN {units} AS u ON k.unit = u.unit WHERE ({proper}) AND u.status = 'active')"
    )
    made = {"listed_families": steps.scan("listed_families")}
    steps.whole("coverage", statement("coverage", registered=registered, **_estimate(), **made))
    steps.whole("coverage_missing", _missing_sql(steps, records, made["listed_families"]))


def _estimate() -> dict[str, str]:
    """SQL of `chapman`, in tenths of a family."""
    n, r, m = "(listed + 1)", "(registered + 1)", "(found + 1)"
    spread = (
        f"{n} * {r} * (listed - found) * (registered - found)::DOUBLE / ({m} * {m} * ({m} + 1))"
    )

    def shown(value: str) -> str:
        enough = f"CASE WHEN found >= {ENOUGH} THEN {value} END"
        return f"round({enough}, 1)::DECIMAL(12, 1)"

    return {"estimate": shown(f"{n} * {r} / {m} - 1"), "standard_error": shown(f"sqrt({spread})")}


def _missing_sql(steps: Steps, records: str, listed_families: str) -> str:
    there = tables.exists(steps.ctx.table("link", "links"))
    links = steps.ctx.scan("link", "links") if there else NO_LINKS
    review = f"(SELECT * FROM {links} WHERE decision = 'review')"
    waiting = f"(SELECT left_rid AS rid FROM {review} UNION SELECT right_rid FROM {review})"
    return statement(
        "coverage_missing",
        listed_families=listed_families,
        listed=steps.scan("listed"),
        records=records,
        spine=steps.ctx.scan("resolve", "spine"),
        waiting=waiting,
        person_id=ids.shown(ids.PERSON, "m.pid"),
    )


def _records(steps: Steps) -> str:
    """Records with the columns that are read here, whichever of them were received."""
    scan = steps.ctx.scan("standardise", "records")
    there = {row[0] for row in steps.fetch(f"DESCRIBE SELECT * FROM {scan}")}
    listed = (name if name in there else f"NULL::{kind} AS {name}" for name, kind in RECORD.items())
    return f"(SELECT {', '.join(listed)} FROM {scan})"


def _units(steps: Steps) -> str:
    """The register's families by the number that the resolve stage knows them by."""
    families = received(steps, "families", FAMILY)
    shown = ids.shown(ids.FAMILY, "i.id")
    return (
        f"(SELECT i.grp AS unit, f.* FROM {steps.ctx.scan('resolve', 'family_ids')} AS i "
        f"JOIN {families} AS f ON {shown} = f.family_id)"
    )


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"
