"""Memberships: each person's time in each family, by each reading, with its period.

`official` is what the base says, `found` what the other sources say together, `card` what family
cards say (de jure), `residence` what was found in the field (de facto).
"""

from __future__ import annotations

from tangga.engine import tables
from tangga.engine.resolve import ids, spine
from tangga.engine.resolve.statements import run_statement
from tangga.engine.runner import Steps


def write(steps: Steps, has: list[str], relations: list[str], status: str) -> None:
    """Write `memberships`; also `unit_spells`, each person's open times in families, as integers.

    has: the columns of `records`. relations: the pack's codes, in order. status: relation of
    (pid, kinds, on_date), what ends whose memberships of which kinds.
    """
    _spells(steps)
    cards, card, kk = "", "", "NULL::VARCHAR"
    if "kk" in has:
        steps.whole("cards", _cards_sql(steps), scratch=True)
        cards, card = f" LEFT JOIN {steps.scan('cards')} AS c ON s.node = c.node", ", c.kk"
        kk = "CASE WHEN kind = 0 THEN coalesce(kk, CAST(node AS VARCHAR)) END"
    run_statement(
        steps,
        "memberships",
        "s.pid",
        scratch=False,
        ends=status,
        cards=cards,
        card=card,
        kk=kk,
        relation=spine.relation_text(relations, "place % 128"),
        person_id=ids.shown(ids.PERSON, "pid"),
        family_id=ids.shown(ids.FAMILY, "fid"),
    )
    steps.drop("node_spells", "cards")


def _spells(steps: Steps) -> None:
    run_statement(steps, "unit_of_node", scratch=False)
    run_statement(steps, "unit_spells", "s.pid")
    run_statement(steps, "node_spells", "s.pid")
    steps.drop("node_families", "sightings", "seen_in")


def _cards_sql(steps: Steps) -> str:
    """One row per family card whose node is not its own number: `node, kk`."""
    records = f"SELECT kk FROM {steps.ctx.scan('standardise', 'records')} WHERE latest"
    if tables.exists(steps.ctx.table("standardise", "events")):
        columns = steps.fetch(f"DESCRIBE SELECT * FROM {steps.ctx.scan('standardise', 'events')}")
        named = {row[0] for row in columns} & {"kk", "new_kk"}
        events = steps.ctx.scan("standardise", "events")
        records += "".join(f" UNION ALL SELECT {c} FROM {events}" for c in sorted(named))
    return (
        f"SELECT {spine.card_node('kk')} AS node, kk FROM ({records}) "
        "WHERE kk IS NOT NULL AND kk IS DISTINCT FROM CAST(TRY_CAST(kk AS BIGINT) AS VARCHAR) "
        "GROUP BY kk"
    )
