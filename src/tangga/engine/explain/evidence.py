"""The evidence of links in sentences, from the conditions that gave the weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tangga.engine.explain.data import Evidence
from tangga.engine.explain.register import Register, Row, listed
from tangga.engine.explain.words import Words, about, bits, words
from tangga.engine.link import keys, number, proof
from tangga.engine.link.evidence import evidence_sql
from tangga.engine.link.levels import UNKNOWN
from tangga.engine.link.model import Comparison, Model

Pair = tuple[int, int]
STRENGTHS = ((1000, "decisive"), (600, "strong"), (250, "plain"), (50, "weak"))
"""From this many hundredths of a bit on, evidence is called so."""
AREA_LEVELS = {2: "province", 4: "regency", 6: "district", 10: "village"}


def thresholds(register: Register) -> Row:
    """`link` and `review` of the run, in hundredths of a bit."""
    limits = {"link": register.model.link, "review": register.model.review}
    found = register.rows("link", "thresholds", "TRUE")
    return found[0] if found else {name: round(100 * bits) for name, bits in limits.items()}


def found(
    register: Register, links: Sequence[Row], records: dict[int, Row], limits: Row
) -> dict[Pair, tuple[Evidence, ...]]:
    """The evidence of each link, by (left, right); nothing for one that only a clerk made."""
    by_step: dict[str, list[Row]] = {}
    for row in links:
        by_step.setdefault(row["step"], []).append(row)
    said = _weighed(register, by_step.get("evidence", []), records)
    return {**said, **_numbered(register, by_step.get("number", []), records)}


def _values(rows: Sequence[Row]) -> str:
    pairs = ", ".join(f"({int(row['left_rid'])}, {int(row['right_rid'])})" for row in rows)
    return f"(SELECT * FROM (VALUES {pairs}) AS t(l, r))"


def _weighed(
    register: Register, links: Sequence[Row], records: dict[int, Row]
) -> dict[Pair, tuple[Evidence, ...]]:
    if not links or not register.has("link", "sides"):
        return {}
    ends = {row[end] for row in links for end in ("left_rid", "right_rid")}
    sides = register.picked("link", "sides", "vid", ends)
    register.con.execute(f"CREATE OR REPLACE TEMP TABLE met_sides AS SELECT * FROM {sides}")
    model, pack = register.model, register.pack
    neighbours = proof.serial_start(pack, model.number.column)
    rows = register.ask(evidence_sql(_values(links), "met_sides", model, neighbours))
    levels = {(row["l"], row["r"]): row for row in rows}
    told = {}
    for row in links:
        pair = (row["left_rid"], row["right_rid"])
        if pair in levels:
            told[pair] = tuple(_evidence(register, row, levels[pair], records))
    return told


def _evidence(
    register: Register, link: Row, levels: Row, records: dict[int, Row]
) -> Iterator[Evidence]:
    """The prior and each comparison; together they are the link's weight."""
    compared = [(c, link.get(f"w_{c.slug}") or 0) for c in register.model.comparisons]
    prior = link["weight"] - sum(weight for _, weight in compared)
    yield Evidence("prior", "", prior / 100, words("prior", bits=bits(prior)))
    left, right = records[link["left_rid"]], records[link["right_rid"]]
    for comparison, weight in compared:
        if comparison.kind == "visit":
            if weight:
                yield _said(comparison, "equal", weight, words("visit_equal"))
            continue
        level, rare = levels[f"level_{comparison.slug}"], levels[f"rare_{comparison.slug}"]
        reason = _reason(register, comparison, level, rare)
        column = _column(comparison, register.model, left, right)
        ends = (_text(left.get(column)), _text(right.get(column)))
        yield _said(comparison, level, weight, reason, *ends)


def _said(
    c: Comparison,
    level: str,
    weight: int,
    reason: Words,
    left: str | None = None,
    right: str | None = None,
) -> Evidence:
    whole = words("evidence", reason=reason, bits=bits(weight), strength=strength(weight))
    return Evidence(c.name, level, weight / 100, whole, left, right)


def strength(weight: int) -> Words:
    """What hundredths of a bit mean to a reader: strongly for, slightly against ..."""
    for least, name in STRENGTHS:
        if abs(weight) >= least:
            return words(f"{name}_{'for' if weight > 0 else 'against'}")
    return words("neutral")


def _reason(register: Register, c: Comparison, level: str, rare: int | None) -> Words:
    what = _what(register, c, level)
    if c.kind == "place" and level in register.model.keys:
        reason = words("place_equal", what=what)
    else:
        reason = words(f"{c.kind}_{level}", what=what)
    if not rare or level == UNKNOWN:
        return reason
    many = about(2 ** (rare / 100))
    if c.kind == "place":
        return words("lived_in", reason=reason, where=_key(register, c.rarity[level]), n=many)
    return words("rare", reason=reason, n=many)


def _what(register: Register, c: Comparison, level: str) -> Words:
    """What is compared, in the pack's words."""
    model = register.model
    if c.kind == "place" and level not in model.keys:
        return words("place")
    name = level if c.kind == "place" else c.key
    if name is None:
        return register.labels.column("person", c.column or c.name)
    return _key(register, name)


def _key(register: Register, name: str) -> Words:
    """What a key of the model holds."""
    key = register.model.keys[name]
    if key.form == "prefix" and key.length in AREA_LEVELS:
        return words(f"area_{AREA_LEVELS[key.length]}")
    return register.labels.column("person", key.of)


def _column(c: Comparison, model: Model, left: Row, right: Row) -> str:
    """The column of the records that says what was compared."""
    if c.kind == "date" and c.year and None in (left.get(c.column), right.get(c.column)):
        return c.year
    if c.column:
        return c.column
    names = [c.key] if c.key else [key for key, _ in c.levels]
    columns = [model.keys[name].of for name in names if name]
    return next((column for column in columns if column != "kk"), columns[0]) if columns else ""


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _numbered(
    register: Register, links: Sequence[Row], records: dict[int, Row]
) -> dict[Pair, tuple[Evidence, ...]]:
    """What confirmed an equal number, link by link."""
    if not links:
        return {}
    told = {}
    for row in register.ask(_compared_sql(register, links)):
        pair = (row["rid"], row["gid"])
        told[pair] = tuple(_confirmed(register, row, records[row["rid"]]))
    return told


def _compared_sql(register: Register, links: Sequence[Row]) -> str:
    rids = listed(row[end] for row in links for end in ("left_rid", "right_rid"))
    met = f"(SELECT * FROM met WHERE rid IN ({rids}))"
    names = [row["name"] for row in register.ask(f"SELECT DISTINCT name FROM {met}")]
    named = register.picked("standardise", "names", "name", [n for n in names if n is not None])
    columns = set(register.columns("standardise", "records"))
    model = register.model
    proves = proof.proof_sql(register.pack, model.number.column, columns)
    rows = keys.keys_sql(met, named, model, columns, proves)
    pairs = (
        "k AS m JOIN p ON m.rid = p.l "
        "JOIN (SELECT * EXCLUDE (rid), rid AS gid FROM k) AS a ON p.r = a.gid"
    )
    conditions = number.confirmations(model).items()
    held = ", ".join(f"coalesce({holds}, FALSE) AS held_{name}" for name, holds in conditions)
    return f"""
WITH k AS ({rows}), p AS (SELECT * FROM {_values(links)})
SELECT *, {held} FROM ({number.compared_sql(pairs, model)})"""


def _confirmed(register: Register, row: Row, record: Row) -> Iterator[Evidence]:
    column = register.model.number.column
    label = register.labels.column("person", column)
    equal = words("number_same", what=label, value=record.get(column))
    yield Evidence("number", "equal", None, equal)
    percent = None if row["similarity"] is None else round(100 * row["similarity"])
    for name in number.confirmations(register.model):
        # Where the names say it, that the place says it too is nothing further.
        told = name == "proofs_and_home" and row["held_proofs_and_name"]
        if row[f"held_{name}"] and not told:
            said = words(f"confirmed_{name}", what=label, percent=percent)
            yield Evidence("confirmation", name, None, said)
