"""Who would be supported if a scenario were decided on the day: spells and components of that."""

from __future__ import annotations

from dataclasses import replace

from tangga.engine.plan.decisions import quoted
from tangga.engine.simulate.affected import Affected
from tangga.engine.simulate.opened import STORED, Opened
from tangga.rules.on_date import OnDate
from tangga.rules.programmes_sql import components_sql


def then_spells(opened: Opened) -> str:
    """The spells of the run: those who would not be served end on the day, whoever would newly be
    served begins on it."""
    day = opened.workspace.as_of
    spells = opened.after("spells")
    gone = "(SELECT programme, family_id, person_id FROM served WHERE receives AND NOT served)"
    return (
        "SELECT s.* REPLACE (s.open AND g.programme IS NULL AS open, "
        f"CASE WHEN s.open AND g.programme IS NOT NULL THEN DATE '{day}' ELSE s.valid_to END "
        f"AS valid_to) FROM {spells} AS s LEFT JOIN {gone} AS g ON g.programme = s.programme "
        "AND g.family_id = s.family_id "
        "AND (g.person_id IS NULL OR g.person_id = s.person_id)\n"
        "UNION ALL BY NAME SELECT programme, family_id, person_id, TRUE AS open, "
        f"DATE '{day}' AS valid_from, 'simulated' AS source FROM served "
        "WHERE served AND NOT receives"
    )


def then_components(opened: Opened, affected: Affected, after: OnDate) -> str:
    """The components of the run, those of changed programmes by their other rule."""
    stored = opened.before("components")
    codes = after.programmes if opened.anew != STORED else affected.changed
    changed = {code: after.programmes[code] for code in codes if code in after.programmes}
    if not changed:
        return f"SELECT * FROM {stored}"
    alone = replace(after, programmes=changed)
    made = components_sql(alone, opened.after("person_facts"), opened.after("facts"))
    listed = ", ".join(quoted(code) for code in affected.changed) or "NULL"
    kept = f"SELECT * FROM {stored} WHERE programme NOT IN ({listed}) UNION ALL "
    return f"{'' if opened.anew != STORED else kept}SELECT * FROM ({made})"
