"""The tables `family_readiness`, `readiness` and `repairs`."""

from __future__ import annotations

from tangga.engine import tables
from tangga.engine.area_tree import area_tree
from tangga.engine.plan.cut import of_family
from tangga.engine.plan.decisions import quoted
from tangga.engine.plan.rows import relation_of
from tangga.engine.plan.statements import statement
from tangga.engine.readiness.measures import gaps_sql, ready_sql
from tangga.engine.received import received, was_received
from tangga.engine.runner import Part, Steps
from tangga.rules.days import months_before
from tangga.rules.on_date import OnDate
from tangga.rules.policy import Settings

KNOWN = ("matched", "matched_with_differences")
"""States of `civil_matches` in which the registry knows somebody under their own number."""
LISTS = ("enrolments", "payments")
FAMILY = {"family_id": "VARCHAR", "village": "VARCHAR", "place": "VARCHAR", "seen_on": "DATE",
          "fresh": "BOOLEAN", "ranked": "BOOLEAN", "persons": "INTEGER", "matched": "INTEGER",
          "in_review": "INTEGER"}  # fmt: skip
COUNTS = ("families", "persons", "matched", "fresh", "never_seen", "duplicates_open", "ranked",
          "recipients", "recipients_matched")  # fmt: skip
VILLAGE = {"village": "VARCHAR", "place": "VARCHAR", **dict.fromkeys(COUNTS, "BIGINT"),
           "ready": "BOOLEAN"}  # fmt: skip
REPAIR = {"position": "BIGINT", "village": "VARCHAR", "place": "VARCHAR", "what": "VARCHAR",
          "unit": "VARCHAR", "missing": "BIGINT", "open": "BIGINT", "families": "BIGINT",
          "needed": "BOOLEAN", "lifts": "BOOLEAN", "list": "VARCHAR"}  # fmt: skip
NOBODY = "(SELECT '' AS person_id LIMIT 0)"


def write_readiness(steps: Steps, today: OnDate) -> None:
    """Write the first two tables; empty where the policy of the day sets no thresholds."""
    version = today.settings.get("readiness")
    if version is None:
        for name, columns in (("family_readiness", FAMILY), ("readiness", VILLAGE)):
            steps.whole(name, f"SELECT * FROM {relation_of(columns, [])}")
        return
    _write_families(steps, today, version.says)
    steps.whole("readiness", _readiness_sql(steps, today, version.says))


def write_repairs(steps: Steps, today: OnDate) -> None:
    """Write `repairs` from `readiness`; empty where the policy of the day sets no thresholds."""
    version = today.settings.get("readiness")
    if version is None:
        steps.whole("repairs", f"SELECT * FROM {relation_of(REPAIR, [])}")
        return
    gaps = gaps_sql(steps.scan("readiness"), version.says)
    steps.whole("repairs", statement("repairs", gaps=gaps))


def _write_families(steps: Steps, today: OnDate, says: Settings) -> None:
    ctx = steps.ctx
    steps.whole("in_review", _in_review_sql(steps), scratch=True)
    given = {
        "facts": steps.scan("facts"),
        "persons": steps.scan("person_facts"),
        "history": steps.scan("family_history"),
        "families": received(steps, "families", {"family_id": "VARCHAR", "place_kind": "VARCHAR"}),
        "family_facts": received(
            steps, "family_facts", {"family_id": "VARCHAR", "as_of": "DATE"}, where="latest"
        ),
        "matched": _matched(steps),
        "in_review": steps.scan("in_review"),
        "elsewhere": ", ".join(map(quoted, says["elsewhere"])) or "NULL",
        "fresh_after": months_before(today.day, says["fresh_months"]),
        "letters": _letters(steps),
        "on": ctx.workspace.as_of,
    }

    def sql(part: Part) -> str:
        return statement("family_readiness", part=of_family(part, "family_id"), **given)

    steps.parts("family_readiness", sql)


def _letters(steps: Steps) -> int:
    """Signs of a village's code."""
    return max(area_tree(steps.ctx.workspace.pack_areas).levels.values())


def _matched(steps: Steps) -> str:
    known = ", ".join(map(quoted, KNOWN))
    return received(steps, "civil_matches", {"person_id": "VARCHAR"}, where=f"state IN ({known})")


def _in_review_sql(steps: Steps) -> str:
    if not tables.exists(steps.ctx.table("link", "links")):
        return f"SELECT * FROM {NOBODY}"
    return statement(
        "in_review",
        links=steps.ctx.scan("link", "links"),
        crosswalk=steps.ctx.scan("resolve", "crosswalk"),
    )


def _readiness_sql(steps: Steps, today: OnDate, says: Settings) -> str:
    measured = {
        "has_registry": was_received(steps, "civil_matches"),
        "has_facts": was_received(steps, "family_facts") or was_received(steps, "visits"),
        "has_links": tables.exists(steps.ctx.table("link", "links")),
        "has_ranks": _anybody_ranked(steps),
        "has_recipients": any(was_received(steps, name) for name in LISTS),
    }
    return statement(
        "readiness",
        families=steps.scan("family_readiness"),
        recipients=_recipients(steps),
        letters=_letters(steps),
        ready=ready_sql(says),
        **measured,
    )


def _anybody_ranked(steps: Steps) -> bool:
    return bool(steps.fetch(f"SELECT 1 FROM {steps.scan('family_readiness')} WHERE ranked LIMIT 1"))


def _recipients(steps: Steps) -> str:
    columns = ("family_id", "village", "nik", "kk", "source", "source_id")
    wanted = dict.fromkeys(columns, "VARCHAR")
    each = (f"SELECT * FROM {received(steps, name, wanted, where='latest')}" for name in LISTS)
    return f"({' UNION ALL '.join(each)})"
