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
    person_id, programme, component, known of everybody who fits a component, or of whom that is not
    known (known FALSE: another one may fit as well, so none of theirs is over).
    person_facts: the living members. persons: family_id, person_id, status. A programme without
    rule or components on the day says nothing, so nothing of it ends.
    """
    programmes = {
        id_ for id_, (_, rule) in today.programmes.items() if rule.says.benefit.components
    }
    listed = ", ".join(f"'{id_}'" for id_ in sorted(programmes)) or "NULL"
    return (
        f"WITH parts(programme, component) AS ({_parts(today)}),\n"
        "gone AS MATERIALIZED (SELECT person_id, family_id\n"
        f"  FROM {persons} WHERE status = 'dead'),\n"
        "emptied AS MATERIALIZED (SELECT DISTINCT family_id FROM gone\n"
        f"  ANTI JOIN (SELECT l.family_id FROM {persons} AS l\n"
        "    SEMI JOIN gone AS g ON g.family_id = l.family_id\n"
        "    WHERE l.status IS DISTINCT FROM 'dead') AS l ON l.family_id = gone.family_id),\n"
        f"running AS MATERIALIZED ({_running(spells, listed)}),\n"
        f"judged AS MATERIALIZED ({_judged(components, person_facts)}),\n"
        "left_over AS (SELECT DISTINCT family_id, programme FROM judged\n"
        "  WHERE of_member AND NOT over),\n"
        f"unserved AS MATERIALIZED ({_unserved(components, listed)})\n"
        f"{_ends(person_facts)}"
    )


def _parts(today: OnDate) -> str:
    rows = [
        f"('{id_}', '{component.id}')"
        for id_, (_, rule) in today.programmes.items()
        for component in rule.says.benefit.components
    ]
    return f"VALUES {', '.join(rows)}" if rows else "SELECT '', '' WHERE FALSE"


def _running(spells: str, listed: str) -> str:
    """The spells that could end: of a programme with components, or of a family of the dead."""
    return (
        "SELECT s.*, p.component IS NOT NULL AS of_member, e.family_id IS NOT NULL AS emptied\n"
        f"FROM {spells} AS s LEFT JOIN emptied AS e ON e.family_id = s.family_id\n"
        "LEFT JOIN parts AS p ON p.programme = s.programme AND p.component = s.component\n"
        f"WHERE e.family_id IS NOT NULL OR coalesce(s.programme IN ({listed}), FALSE)"
    )


def _judged(components: str, person_facts: str) -> str:
    """Each of them; `over`: its person died, or is a member and fits it no longer."""
    named = "SEMI JOIN (SELECT person_id FROM running WHERE of_member) AS r USING (person_id)"
    return (
        "SELECT r.*,\n"
        "  g.person_id IS NOT NULL OR (m.person_id IS NOT NULL AND c.person_id IS NULL) AS over\n"
        "FROM running AS r\n"
        "LEFT JOIN gone AS g ON g.person_id = r.person_id\n"
        f"LEFT JOIN (SELECT person_id FROM {person_facts} {named}) AS m\n"
        "  ON m.person_id = r.person_id\n"
        "LEFT JOIN (SELECT DISTINCT k.person_id, k.programme, parts.component\n"
        f"  FROM (SELECT * FROM {components} {named}) AS k JOIN parts\n"
        "    ON parts.programme = k.programme\n"
        "    AND (NOT k.known OR parts.component = k.component)) AS c\n"
        "  ON c.person_id = r.person_id\n"
        "  AND c.programme = r.programme AND c.component = r.component"
    )


def _unserved(components: str, listed: str) -> str:
    """Spells for a whole family of which nobody has, or may have, a component."""
    return (
        "SELECT j.* FROM judged AS j\n"
        f"ANTI JOIN {components} AS c\n"
        "  ON c.family_id = j.family_id AND c.programme = j.programme\n"
        "ANTI JOIN left_over AS o ON o.family_id = j.family_id AND o.programme = j.programme\n"
        f"WHERE NOT j.emptied AND NOT j.of_member AND j.programme IN ({listed})"
    )


def _ends(person_facts: str) -> str:
    """What ends: where all have died, a component of somebody, support of a family that has members
    and no component."""
    columns = "j.* EXCLUDE (of_member, emptied, over)"
    return (
        f"SELECT {columns},\n"
        f"  CASE WHEN j.emptied THEN '{ALL_DIED}' ELSE '{NATURAL}' END AS due_exit\n"
        "FROM judged AS j WHERE j.emptied OR (j.of_member AND j.over)\n"
        f"UNION ALL\nSELECT {columns}, '{NATURAL}' AS due_exit\n"
        "FROM unserved AS j JOIN (\n"
        f"  SELECT DISTINCT p.family_id FROM {person_facts} AS p\n"
        "  JOIN (SELECT DISTINCT family_id FROM unserved) AS u ON u.family_id = p.family_id\n"
        ") AS m ON m.family_id = j.family_id"
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
