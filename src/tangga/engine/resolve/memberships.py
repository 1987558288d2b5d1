"""Memberships: each person's time in each family, by each reading, with its period.

`official` is what the base says, `found` what the other sources say together, `card` what family
cards say (de jure), `residence` what was found in the field (de facto).
"""

from __future__ import annotations

from tangga.engine import tables
from tangga.engine.resolve import ids, spine
from tangga.engine.resolve.statements import statement
from tangga.engine.runner import Steps


def write(steps: Steps, has: list[str], relations: list[str], status: str) -> None:
    """Write `memberships`; also `unit_spells`, each person's open times in families, as integers.

    has: the columns of `records`. relations: the pack's codes, in order. status: relation of
    (pid, kinds, on_date), what ends whose memberships of which kinds.
    """
    _spells(steps)
    cards, card = "", ", NULL::VARCHAR AS kk"
    if "kk" in has:
        steps.whole("cards", _cards_sql(steps), scratch=True)
        cards, card = f" LEFT JOIN {steps.scan('cards')} AS c ON s.node = c.node", ", c.kk"
    sql = statement(
        "memberships",
        unit_spells=steps.scan("unit_spells"),
        node_spells=steps.scan("node_spells"),
        family_ids=steps.scan("family_ids"),
        ends=status,
        cards=cards,
        card=card,
        kk="kk",
        relation=spine.relation_text(relations, "place % 128"),
        person_id=ids.shown(ids.PERSON, "pid"),
        family_id=ids.shown(ids.FAMILY, "fid"),
    )
    steps.whole("memberships", sql)
    steps.drop("node_spells", "cards")


def _spells(steps: Steps) -> None:
    scan = steps.scan
    unit_of_node = statement(
        "unit_of_node", node_families=scan("node_families"), unit_of_family=scan("unit_of_family")
    )
    steps.whole("unit_of_node", unit_of_node, scratch=True)
    steps.parts(
        "unit_spells",
        lambda part: statement(
            "unit_spells",
            seen_in=scan("seen_in"),
            unit_of_family=scan("unit_of_family"),
            kin=scan("kin"),
            official=scan("official"),
            part=part.cut("s.pid"),
        ),
        scratch=True,
    )
    steps.parts(
        "node_spells",
        lambda part: statement(
            "node_spells",
            sightings=scan("sightings"),
            unit_of_node=scan("unit_of_node"),
            part=part.cut("s.pid"),
        ),
        scratch=True,
    )
    steps.drop("unit_of_node", "sightings", "seen_in")


def _cards_sql(steps: Steps) -> str:
    """One row per family card that a record or an event names: `node, kk`."""
    records = f"SELECT kk FROM {steps.ctx.scan('standardise', 'records')} WHERE latest"
    if tables.exists(steps.ctx.table("standardise", "events")):
        columns = steps.fetch(f"DESCRIBE SELECT * FROM {steps.ctx.scan('standardise', 'events')}")
        named = {row[0] for row in columns} & {"kk", "new_kk"}
        events = steps.ctx.scan("standardise", "events")
        records += "".join(f" UNION ALL SELECT {c} FROM {events}" for c in sorted(named))
    return (
        f"SELECT {spine.card_node('kk')} AS node, kk FROM ({records}) "
        "WHERE kk IS NOT NULL GROUP BY kk"
    )
