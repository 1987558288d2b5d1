"""Ids that stay: claims by old ids, awards to groups, new ids for the rest, and the lineage.

An old id goes to the group that holds most of its records (ties: the smallest record key). A
group keeps at most one; the others are merged into it. An id none of whose records is left is
retired. A new id is a hash of (smallest record key, n) with the smallest n never issued.
Inside the engine an id is an integer of 52 bits, the highest always set; outside it is a letter
and its 13 hexadecimal signs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tangga.engine import tables
from tangga.engine.resolve.statements import statement
from tangga.engine.runner import Steps
from tangga.errors import Conflict

PERSON, FAMILY = "P", "F"
ROUNDS = 1000
NO_LEDGER = "(SELECT 0::BIGINT AS id, '' AS entity, 0::BIGINT AS key, 0 AS n, '' AS state LIMIT 0)"
NO_LINEAGE = "(SELECT '' AS kind, '' AS old_id, '' AS new_id, '' AS entity, '' AS run LIMIT 0)"


def shown(entity: str, column: str) -> str:
    """SQL of an id as the outside sees it: `P` or `F` and 13 hexadecimal signs; null for null."""
    return f"'{entity}' || hex({column})"


def read_back(column: str) -> str:
    """SQL of the integer behind an id as the outside sees it."""
    return f"CAST('0x' || {column}[2:] AS BIGINT)"


@dataclass(frozen=True)
class Entity:
    """Persons or families while their ids are given out.

    letter: PERSON or FAMILY. word: as in the table `lineage`. groups: relation of (grp, key), the
    groups and their smallest record key. records: relation of (rid, grp). before: relation of
    (rid, id) of the run before, or None.
    """

    letter: str
    word: str
    groups: str
    records: str
    before: str | None


def give_ids(steps: Steps, entity: Entity) -> str:
    """Give every group its id; returns the name of the table written: `grp, id, key, n`."""
    name = f"{entity.word}_ids"
    if entity.before is None:
        rounds = [_round(steps, entity, entity.groups, NO_LEDGER, 1)]
        rounds += _further(steps, entity, rounds[0], NO_LEDGER)
        steps.whole(name, _union(steps, rounds) + " ORDER BY grp")
        return name
    ledger = f"(SELECT * FROM {previous(steps, 'ledger')} WHERE entity = '{entity.word}')"
    kept = _award(steps, entity)
    waiting = (
        f"(SELECT g.grp, g.key FROM {entity.groups} AS g ANTI JOIN {kept} AS k ON g.grp = k.grp)"
    )
    rounds = [_round(steps, entity, waiting, ledger, 1)]
    rounds += _further(steps, entity, rounds[0], ledger, waiting)
    old = f"SELECT k.grp, l.key, k.id, l.n FROM {kept} AS k JOIN {ledger} AS l ON k.id = l.id"
    steps.whole(name, f"{old} UNION ALL {_union(steps, rounds)} ORDER BY grp")
    return name


def previous(steps: Steps, table: str) -> str:
    """A table of this stage in the run before; Conflict where that run lacks it."""
    folder = (steps.ctx.previous or Path()) / "resolve" / table
    if not tables.exists(folder):
        raise Conflict(f"the run before has no table {table}: rebuild after restoring its backup")
    return tables.scan(folder)


def _award(steps: Steps, entity: Entity) -> str:
    claims, awards = f"{entity.word}_claims", f"{entity.word}_awards"
    steps.whole(claims, statement("claims", before=entity.before, now=entity.records), scratch=True)
    steps.whole(awards, statement("awards", claims=steps.scan(claims)), scratch=True)
    return f"(SELECT grp, id FROM {steps.scan(awards)} WHERE kept)"


def _hashed(entity: Entity, n: int) -> str:
    """SQL of hash(key, n). A record's key is made of md5 already: a person's first try takes its
    own bits."""
    if entity.letter == PERSON and n == 1:
        bits = "key >> 12"
    else:
        text = f"'{entity.letter}' || key || ':{n}'"
        bits = f"CAST(md5_number_lower({text}) >> 13 AS BIGINT)"
    return f"({bits}) | {1 << 51}"


def _round(steps: Steps, entity: Entity, waiting: str, ledger: str, n: int) -> str:
    name = f"{entity.word}_fresh_{n}"
    sql = statement("fresh_ids", hashed=_hashed(entity, n), n=n, waiting=waiting, ledger=ledger)
    steps.whole(name, sql, scratch=True)
    return name


def _further(
    steps: Steps, entity: Entity, first: str, ledger: str, waiting: str | None = None
) -> list[str]:
    """Rounds for the groups whose hash was issued before, until every group has an id."""
    waiting = waiting or entity.groups
    done = [first]
    for n in range(2, ROUNDS):
        waiting_now = (
            f"(SELECT w.grp, w.key FROM {waiting} AS w "
            f"ANTI JOIN ({_union(steps, done)}) AS d ON w.grp = d.grp)"
        )
        taken = f"(SELECT id FROM {ledger} UNION ALL SELECT id FROM ({_union(steps, done)}))"
        if not _any(steps, waiting_now):
            return done[1:]
        done.append(_round(steps, entity, waiting_now, taken, n))
    raise Conflict(f"no free id for a {entity.word} after {ROUNDS} rounds")


def _union(steps: Steps, names: list[str]) -> str:
    return " UNION ALL ".join(f"SELECT grp, key, id, n FROM {steps.scan(name)}" for name in names)


def _any(steps: Steps, relation: str) -> bool:
    return bool(steps.fetch(f"SELECT 1 FROM {relation} LIMIT 1"))


def ledger_sql(steps: Steps, entities: list[Entity]) -> str:
    """Every id ever issued: `id, entity, key, n, state` (active, merged, retired)."""
    now = " UNION ALL ".join(
        f"SELECT id, '{e.word}' AS entity, key, n FROM {steps.scan(f'{e.word}_ids')}"
        for e in entities
    )
    if steps.ctx.previous is None:
        return f"SELECT *, 'active' AS state FROM ({now}) ORDER BY entity, id"
    gone = previous(steps, "ledger")
    return f"""
SELECT id, entity, key, n, 'active' AS state FROM ({now})
UNION ALL
SELECT old.id, old.entity, old.key, old.n,
       CASE WHEN old.state <> 'active' THEN old.state
            WHEN a.id IS NOT NULL THEN 'merged' ELSE 'retired' END AS state
FROM {gone} AS old ANTI JOIN ({now}) AS now ON old.id = now.id AND old.entity = now.entity
LEFT JOIN ({_merged(steps, entities)}) AS a ON old.id = a.id AND old.entity = a.entity
ORDER BY entity, id"""


def lineage_sql(steps: Steps, entities: list[Entity]) -> str:
    """Merges, splits and retirements, those of earlier runs first: `kind, old_id, new_id, entity,
    run`. The old id of a split lives on with most of its records; a record that merely moves from
    one old id to another is no split."""
    if steps.ctx.previous is None:
        return f"SELECT * FROM {NO_LINEAGE}"
    run = steps.ctx.run_dir.name
    changes = " UNION ALL ".join(_changes(steps, entity, run) for entity in entities)
    return (
        f"SELECT kind, old_id, new_id, entity, run FROM {previous(steps, 'lineage')} "
        f"UNION ALL {changes} ORDER BY run, entity, kind, old_id, new_id"
    )


def _changes(steps: Steps, entity: Entity, run: str) -> str:
    word, letter = entity.word, entity.letter
    now, claims, awards = (steps.scan(f"{word}_{table}") for table in ("ids", "claims", "awards"))
    columns = (
        f"{shown(letter, 'old')} AS old_id, CASE WHEN new IS NOT NULL THEN {shown(letter, 'new')} "
        f"END AS new_id, '{word}' AS entity, '{run}' AS run"
    )
    return f"""
SELECT kind, {columns} FROM (
  SELECT 'merge' AS kind, a.id AS old, i.id AS new
  FROM {awards} AS a JOIN {now} AS i ON a.grp = i.grp WHERE NOT a.kept
  UNION ALL
  SELECT 'split', c.id, i.id
  FROM {claims} AS c JOIN {now} AS i ON c.grp = i.grp
  ANTI JOIN {awards} AS a ON c.grp = a.grp
  UNION ALL
  SELECT 'retirement', l.id, NULL
  FROM {previous(steps, "ledger")} AS l ANTI JOIN {claims} AS c ON l.id = c.id
  WHERE l.entity = '{word}' AND l.state = 'active'
)"""


def _merged(steps: Steps, entities: list[Entity]) -> str:
    return " UNION ALL ".join(
        f"SELECT id, '{e.word}' AS entity FROM {steps.scan(f'{e.word}_awards')} WHERE NOT kept"
        for e in entities
    )
