"""Whom new rows may concern: persons, and the nodes of families (cards, families of sources).

Who is touched changes families: of everybody on a node with them, and then of nodes that share
people with those. All people of every node that may be joined or parted are looked at again; the
families of any other node stand as they were.
"""

from __future__ import annotations

from tangga.engine.adding.batch import Batch
from tangga.engine.adding.references import (
    attached_sql,
    kinds_of,
    new_references,
    old_references,
)
from tangga.engine.resolve.spine import card_node, home_node
from tangga.engine.runner import Steps


def find_scope(steps: Steps, batch: Batch, has: set[str], number: str | None) -> None:
    """Write `touched` (pid), `moving` (nodes whose family may change), `close` (pid: all people of
    those), `bound` (nodes that may be joined with them), `around` (pid: all people of these),
    `asked` (rid of old rows of other kinds that are attached again) and `inside` (rid: every old
    record that is looked at).

    has: the columns of the register's records. number: the national number, None without one.
    """
    _own_rows(steps, batch, has, number)
    spine = batch.old("resolve", "spine")
    steps.whole("standing", f"SELECT rid, pid, card, home FROM {spine}", scratch=True)
    _told(steps, batch)
    steps.whole("touched", _touched_sql(steps, batch, number), scratch=True)
    steps.whole("met", _met_sql(), scratch=True)
    steps.whole("moving_units", _moving_units_sql(batch), scratch=True)
    steps.whole("moving", f"SELECT node FROM met UNION {_nodes_of(batch, 'moving_units')}")
    steps.whole("close", _close_sql(batch, steps.scan("moving")), scratch=True)
    steps.whole("reached", _nodes_with("close"), scratch=True)
    units = f"SELECT DISTINCT unit FROM {_units(batch)} SEMI JOIN reached AS other USING (node)"
    steps.whole("bound_units", f"{units} UNION FROM moving_units", scratch=True)
    bound = f"SELECT node FROM reached UNION {_nodes_of(batch, 'bound_units')}"
    steps.whole("bound", f"{bound} UNION FROM {steps.scan('moving')}")
    bound = steps.scan("bound")
    steps.whole("around", f"SELECT pid FROM close UNION {_people_on(bound)}")
    _others(steps, batch, number)


def _units(batch: Batch) -> str:
    return batch.old("resolve", "unit_of_node")


def _nodes_of(batch: Batch, units: str) -> str:
    return f"SELECT node FROM {_units(batch)} SEMI JOIN {units} AS other USING (unit)"


def _own_rows(steps: Steps, batch: Batch, has: set[str], number: str | None) -> None:
    """Write `named` and `own`: what the new rows name (numbers, ids, nodes), and where the new
    records stand."""
    new = batch.new("standardise", "records")
    there = {row[0] for row in steps.fetch(f"DESCRIBE SELECT * FROM {new}")}
    card = card_node("kk") if "kk" in there else "NULL::BIGINT"
    told = number if number in there else "NULL::VARCHAR"
    steps.whole(
        "own",
        f"SELECT rid, {told} AS number, source, source_id, {card} AS card, "
        f"{home_node('source', 'source_family_id')} AS home FROM {new} WHERE latest",
        scratch=True,
    )
    steps.whole("named", new_references(steps, batch, number), scratch=True)


def _told(steps: Steps, batch: Batch) -> None:
    """Write `told`: which old persons are on which nodes by events.

    An event may put a person on a card; it may also move all who are on one card to another.
    """
    rows = _by_events(steps, batch)
    nobody = "SELECT NULL::BIGINT AS pid, NULL::BIGINT AS node"
    told = " UNION ALL ".join(rows or [nobody])
    steps.whole("told", f"SELECT pid, node FROM ({told}) WHERE node IS NOT NULL", scratch=True)


def _by_events(steps: Steps, batch: Batch) -> list[str]:
    columns = kinds_of(steps, batch.before).get("events", [])
    cards = [card_node(f"e.{c}") for c in ("kk", "new_kk") if c in columns]
    if not cards:
        return []
    events, refs = batch.old("standardise", "events"), batch.old("resolve", "person_refs")
    told = (
        f"SELECT p.pid, unnest([{', '.join(cards)}]) AS node FROM {events} AS e "
        f"JOIN {refs} AS p ON e.rid = p.rid WHERE p.pid IS NOT NULL AND e.latest"
    )
    if len(cards) < 2:
        return [told]
    moved = (
        f"SELECT s.pid, {cards[1]} AS node FROM {events} AS e "
        f"JOIN standing AS s ON s.card = {cards[0]} WHERE e.latest AND {cards[1]} IS NOT NULL"
    )
    return [told, moved]


def _nodes_with(people: str) -> str:
    """SELECT of the nodes that people are on, by their records and by events."""
    theirs = f"SEMI JOIN {people} AS other USING (pid)"
    return (
        f"SELECT node FROM (SELECT unnest([card, home]) AS node FROM standing {theirs}) "
        f"WHERE node IS NOT NULL UNION SELECT node FROM told {theirs}"
    )


def _people_on(nodes: str) -> str:
    """SELECT of the people on nodes."""
    return " UNION ".join(
        f"SELECT s.pid FROM {rows} AS s SEMI JOIN {nodes} AS other ON s.{node} = other.node"
        for rows, node in (("standing", "card"), ("standing", "home"), ("told", "node"))
    )


def _touched_sql(steps: Steps, batch: Batch, number: str | None) -> str:
    """Old persons with a new record, and those whom new rows of other kinds name."""
    changed = steps.ctx.scan("link", "changed")
    found = [f"SELECT pid FROM standing SEMI JOIN {changed} AS other USING (rid)"]
    if steps.rows["named"]:
        owners = f"SELECT rid FROM ({_owners_sql(batch, 'named', number)})"
        found.append(f"SELECT pid FROM standing SEMI JOIN ({owners}) USING (rid)")
        found.append("SELECT pid FROM named WHERE pid IS NOT NULL")
    return " UNION ".join(found)


def _owners_sql(batch: Batch, refs: str, number: str | None) -> str:
    """Old records that a reference may mean: by number, or by a source's own id."""
    records = batch.old("standardise", "records")
    same = ["r.source_id = w.person_source_id"]
    if number is not None:
        same.append(f"r.{number} = w.number")
    return " UNION ".join(
        f"SELECT r.rid FROM {records} AS r SEMI JOIN {refs} AS w ON {how} WHERE r.latest"
        for how in same
    )


def _met_sql() -> str:
    """Nodes that touched persons were on, and those that new rows name."""
    new = (
        "SELECT unnest([card, home]) AS node FROM own UNION SELECT unnest([card, home]) FROM named"
    )
    return f"{_nodes_with('touched')} UNION SELECT node FROM ({new}) WHERE node IS NOT NULL"


def _moving_units_sql(batch: Batch) -> str:
    """The register's families that are on these nodes, or that hold a touched person."""
    kin = batch.old("resolve", "kin")
    return f"""
SELECT unit FROM {_units(batch)} SEMI JOIN met AS other USING (node)
UNION
SELECT unit FROM (
  SELECT unnest([unit, found_unit, official_unit]) AS unit
  FROM {kin} SEMI JOIN touched AS other USING (pid)
) WHERE unit IS NOT NULL
UNION SELECT unit FROM named WHERE unit IS NOT NULL
"""


def _close_sql(batch: Batch, moving: str) -> str:
    kin = batch.old("resolve", "kin")
    held = " OR ".join(
        f"{unit} IN (SELECT unit FROM moving_units)"
        for unit in ("unit", "found_unit", "official_unit")
    )
    return (
        f"SELECT pid FROM touched UNION {_people_on(moving)} "
        f"UNION SELECT pid FROM {kin} WHERE {held}"
    )


def _others(steps: Steps, batch: Batch, number: str | None) -> None:
    """Write `asked`, and `inside`: the records of people around, and of all whom a row that is
    attached again may mean."""
    inside = f"SELECT rid FROM standing SEMI JOIN {steps.scan('around')} AS other USING (pid)"
    kinds = kinds_of(steps, batch.before)
    if not kinds:
        steps.whole("asked", "SELECT rid FROM own WHERE FALSE", scratch=True)
        steps.whole("inside", inside, scratch=True)
        return
    old = old_references(steps, batch, number)
    steps.whole("asked", _asked_sql(batch, kinds, old), scratch=True)
    refs = f"SELECT * FROM ({old}) SEMI JOIN {steps.scan('asked')} AS other USING (rid)"
    steps.whole("refs", f"{refs} UNION ALL SELECT * FROM named", scratch=True)
    owners = f"SELECT rid FROM ({_owners_sql(batch, 'refs', number)})"
    nodes = "SELECT unnest([card, home]) AS node FROM refs"
    also = (
        f"SELECT pid FROM standing SEMI JOIN ({owners}) USING (rid) "
        f"UNION {_people_on(f'({nodes})')}" + _reviewed(steps, batch)
    )
    people = f"SELECT rid FROM standing SEMI JOIN ({also}) AS other USING (pid)"
    steps.whole("inside", f"{inside} UNION {people}", scratch=True)


def _reviewed(steps: Steps, batch: Batch) -> str:
    """Persons at the other end of a link that waits for a clerk: it may tell of a death."""
    links = batch.old("link", "links")
    ends = " UNION ".join(
        f"SELECT k.{other} AS rid FROM {links} AS k JOIN standing AS s ON k.{one} = s.rid "
        "SEMI JOIN close AS c ON s.pid = c.pid WHERE k.decision = 'review'"
        for one, other in (("left_rid", "right_rid"), ("right_rid", "left_rid"))
    )
    return f" UNION SELECT s.pid FROM standing AS s SEMI JOIN ({ends}) AS e ON s.rid = e.rid"


def _asked_sql(batch: Batch, kinds: dict[str, list[str]], old: str) -> str:
    """Old rows of other kinds attached to the people or families around, or naming what a new
    record bears; all corrections, of which only the last for a value counts."""
    return f"""
SELECT rid FROM ({attached_sql(batch, kinds, "bound_units")})
UNION SELECT r.rid FROM ({old}) AS r SEMI JOIN own AS o ON r.number = o.number
UNION SELECT r.rid FROM ({old}) AS r SEMI JOIN own AS o ON r.person_source_id = o.source_id
UNION SELECT r.rid FROM ({old}) AS r SEMI JOIN own AS o ON r.card = o.card
UNION SELECT r.rid FROM ({old}) AS r SEMI JOIN own AS o ON r.home = o.home
"""
