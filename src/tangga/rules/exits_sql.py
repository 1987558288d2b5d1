"""Ends that are due, and graduations with whether they lasted, as SQL for DuckDB.

`exits` is the plain reading beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tangga.rules.exits import ALL_DIED, NATURAL, kept_at_cap

if TYPE_CHECKING:
    from tangga.rules.on_date import OnDate


def due_ends_sql(
    today: OnDate, spells: str, components: str, person_facts: str, persons: str
) -> str:
    """One row a running spell that has come to its end: the spell's columns, and due_exit.

    spells: those that run: family_id, person_id, programme, component ... components: family_id,
    person_id, programme, component of everybody who fits a component, or of whom it is not known.
    person_facts: the living members. persons: family_id, person_id, status. A programme without
    rule or components on the day says nothing, so nothing of it ends.
    """
    return (
        f"WITH parts(programme, component) AS ({_parts(today)}),\n"
        f"running AS (SELECT s.*, p.component IS NOT NULL AS of_member FROM {spells} AS s\n"
        "  LEFT JOIN parts AS p ON p.programme = s.programme AND p.component = s.component),\n"
        f"gone AS (SELECT person_id, family_id FROM {persons} WHERE status = 'dead'),\n"
        "emptied AS (SELECT DISTINCT family_id FROM gone\n"
        f"  ANTI JOIN {persons} AS l ON l.family_id = gone.family_id\n"
        "    AND l.status IS DISTINCT FROM 'dead'),\n"
        f"judged AS ({_judged(components, person_facts)}),\n"
        "left_over AS (SELECT DISTINCT family_id, programme FROM judged\n"
        "  WHERE of_member AND NOT over)\n"
        f"{_ends(components, person_facts)}"
    )


def _parts(today: OnDate) -> str:
    rows = [
        f"('{id_}', '{component.id}')"
        for id_, (_, rule) in today.programmes.items()
        for component in rule.says.benefit.components
    ]
    return f"VALUES {', '.join(rows)}" if rows else "SELECT '', '' WHERE FALSE"


def _judged(components: str, person_facts: str) -> str:
    """Each running spell; `over`: its person died, or is a member and fits it no longer."""
    return (
        "SELECT r.*, e.family_id IS NOT NULL AS emptied,\n"
        "  g.person_id IS NOT NULL OR (m.person_id IS NOT NULL AND c.person_id IS NULL) AS over\n"
        "FROM running AS r\n"
        "LEFT JOIN emptied AS e ON e.family_id = r.family_id\n"
        "LEFT JOIN gone AS g ON g.person_id = r.person_id\n"
        f"LEFT JOIN (SELECT person_id FROM {person_facts}) AS m ON m.person_id = r.person_id\n"
        "LEFT JOIN (SELECT DISTINCT person_id, programme, component\n"
        f"  FROM {components}) AS c ON c.person_id = r.person_id\n"
        "  AND c.programme = r.programme AND c.component = r.component"
    )


def _ends(components: str, person_facts: str) -> str:
    return (
        f"SELECT j.* EXCLUDE (of_member, emptied, over),\n"
        f"  CASE WHEN j.emptied THEN '{ALL_DIED}' ELSE '{NATURAL}' END AS due_exit\n"
        "FROM judged AS j\n"
        "LEFT JOIN (SELECT DISTINCT family_id, programme\n"
        f"  FROM {components}) AS c USING (family_id, programme)\n"
        "LEFT JOIN left_over AS o USING (family_id, programme)\n"
        f"LEFT JOIN (SELECT DISTINCT family_id FROM {person_facts}) AS m USING (family_id)\n"
        "LEFT JOIN (SELECT DISTINCT programme FROM parts) AS q USING (programme)\n"
        "WHERE j.emptied\n"
        "  OR (j.of_member AND j.over)\n"
        "  OR (NOT j.of_member AND q.programme IS NOT NULL AND m.family_id IS NOT NULL\n"
        "    AND c.family_id IS NULL AND o.family_id IS NULL)"
    )


def at_cap_sql(today: OnDate, spells: str, components: str) -> str:
    """`exits.at_cap`: family_id, person_id, programme, component, ends.

    spells: those that run: family_id, person_id, programme, component. components: family_id,
    person_id, programme, component, counted.
    """
    counted = ", ".join(f"'{code}'" for code in today.clock.says["programmes"])
    pairs = [f"('{id_}', '{part}')" for id_, part in sorted(kept_at_cap(today))]
    kept = ", ".join(pairs) or "('', '')"
    return (
        f"WITH running AS (SELECT family_id, person_id, programme, component FROM {spells})\n"
        "SELECT *, programme IN ({0})\n"
        "  AND (programme, coalesce(component, '')) NOT IN ({1}) AS ends\n"
        "FROM running\n"
        "UNION ALL\n"
        "SELECT c.family_id, c.person_id, c.programme, c.component, FALSE\n"
        "FROM (SELECT * FROM {2} WHERE counted AND (programme, component) IN ({1})) AS c\n"
        "SEMI JOIN running AS r ON r.family_id = c.family_id AND r.programme = c.programme\n"
        "ANTI JOIN running AS l ON l.family_id = c.family_id AND l.programme = c.programme\n"
        "  AND l.component = c.component AND l.person_id = c.person_id"
    ).format(counted, kept, components)


def graduations_sql(today: OnDate, events: str, spells: str) -> str:
    """One row a graduation: family_id, graduated_on, fell_on, state (`exits.Lasted`).

    events: family_id, event, on_date, track, rung. spells: family_id, programme, valid_from. Only
    what is known by the day is seen.
    """
    months = int(today.notice.says["stands_months"])
    counted = ", ".join(f"'{code}'" for code in today.clock.says["programmes"])
    day = f"DATE '{today.day}'"
    moves = (
        f"SELECT family_id, on_date, rung FROM {events} WHERE event = 'rung_move'\n"
        f"    AND coalesce(track, '') = '' AND family_id IS NOT NULL AND on_date <= {day}"
    )
    return (
        f"WITH moves AS ({moves}),\n"
        "graduations AS (SELECT DISTINCT family_id, on_date AS graduated_on FROM moves\n"
        "  WHERE rung = 'graduated'),\n"
        "falls AS (SELECT family_id, on_date FROM moves WHERE rung IN ('protection', 'watch')\n"
        f"  UNION ALL SELECT family_id, valid_from FROM {spells}\n"
        f"    WHERE programme IN ({counted}) AND valid_from <= {day}),\n"
        "seen AS (SELECT g.family_id, g.graduated_on, min(f.on_date) AS fell_on\n"
        "  FROM graduations AS g LEFT JOIN falls AS f ON f.family_id = g.family_id\n"
        "    AND f.on_date >= g.graduated_on\n"
        "  GROUP BY g.family_id, g.graduated_on)\n"
        "SELECT *, CASE\n"
        f"    WHEN fell_on - INTERVAL {months} MONTH < graduated_on THEN 'fell'\n"
        f"    WHEN {day} - INTERVAL {months} MONTH >= graduated_on THEN 'stands'\n"
        "    ELSE 'too_early' END AS state\n"
        "FROM seen"
    )
