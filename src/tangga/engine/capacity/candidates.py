"""Who is to go to a place of empowerment, in which order, and what each family fits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tangga.engine.capacity.fill import Candidate, Pool
from tangga.engine.plan.decisions import answers, quoted, whole
from tangga.engine.plan.statements import statement
from tangga.engine.plan.waiting import RANKED, ordered_sql, waiting_lists
from tangga.engine.runner import Steps
from tangga.rules.names import PERSON_TABLE
from tangga.rules.on_date import OnDate

NOBODY = "SELECT '' AS family_id, 0 AS position, NULL::DATE AS since WHERE FALSE"


def candidates(steps: Steps, today: OnDate, free: Mapping[Pool, int]) -> list[Candidate]:
    """Every candidate in the order in which they have their turn.

    free: places left by area and programme. Of a waiting list there are no more families than there
    are places in all: the others cannot have their turn.
    """
    programmes = sorted({programme for _, programme in free})
    sql = statement(
        "place_candidates",
        near_cap=steps.scan("near_cap"),
        cap_queue=steps.scan("cap_queue"),
        cohorts=steps.scan("cohorts"),
        facts=steps.scan("facts"),
        waiting=_waiting(steps, today, free),
        fits="".join(f", v{n}.fits AS fits_{n}" for n in range(len(programmes))),
        verdicts="\n".join(
            f"LEFT JOIN ({_fits(steps, today, one)}) AS v{n} ON e.family_id = v{n}.family_id"
            for n, one in enumerate(programmes)
        ),
    )
    return [_candidate(row, programmes) for row in steps.fetch(sql)]


def _candidate(row: Sequence[Any], programmes: Sequence[str]) -> Candidate:
    family_id, village, why, months, since, decide_by, *answered = row
    fits = dict(zip(programmes, answered, strict=True))
    yes = tuple(one for one, answer in fits.items() if answer)
    unsure = tuple(one for one, answer in fits.items() if answer is None)
    return Candidate(family_id, village, why, months, since, decide_by, yes, unsure)


def _fits(steps: Steps, today: OnDate, programme: str) -> str:
    """Whether each family, or anybody in it, fits a programme: TRUE, FALSE or not known."""
    of, version = today.programmes[programme]
    answer = whole(answers(programme, version.says.requires, "v"))
    if of.unit != PERSON_TABLE:
        return f"SELECT v.family_id, {answer} AS fits FROM {steps.scan('verdicts')} AS v"
    return (
        "SELECT family_id, CASE WHEN bool_or(fits) THEN TRUE "
        "WHEN bool_or(fits IS NULL) THEN NULL ELSE FALSE END AS fits "
        f"FROM (SELECT v.family_id, {answer} AS fits FROM {steps.scan('person_verdicts')} AS v) "
        "GROUP BY family_id"
    )


def _waiting(steps: Steps, today: OnDate, free: Mapping[Pool, int]) -> str:
    """The first of each waiting list in each area with places, without those who have one."""
    waits, facts = steps.scan("waits"), steps.scan("facts")
    selects = []
    for one in waiting_lists(today):
        areas = [area for area, programme in free if programme == one[0].id]
        if areas:
            ordered = ordered_sql(one, waits, facts, today.facts.names, today.day)
            selects.append(_first(ordered, facts, areas, sum(free.values())))
    return " UNION ALL ".join(selects) or NOBODY


def _first(ordered: str, facts: str, areas: Iterable[str], most: int) -> str:
    return (
        "SELECT family_id, position, since FROM ("
        f"SELECT w.family_id, min(w.position) AS position, min(w.since) AS since, "
        f"min({narrowest(areas, 'f.village')}) AS pool "
        f"FROM ({ordered}) AS w JOIN {facts} AS f ON w.family_id = f.family_id "
        f"WHERE w.queue = '{RANKED}' AND f.has_place IS NOT TRUE GROUP BY w.family_id) "
        "WHERE pool IS NOT NULL QUALIFY row_number() OVER "
        f"(PARTITION BY pool ORDER BY position, family_id) <= {most}"
    )


def narrowest(areas: Iterable[str], village: str) -> str:
    """SQL of the narrowest of some areas in which a village lies; NULL where it lies in none."""
    by_length: dict[int, list[str]] = {}
    for area in sorted(areas):
        by_length.setdefault(len(area), []).append(area)
    cases = [
        f"WHEN {village}[:{length}] IN ({', '.join(map(quoted, some))}) THEN {village}[:{length}]"
        for length, some in sorted(by_length.items(), reverse=True)
    ]
    return f"CASE {' '.join(cases)} END" if cases else "NULL"
