"""Finds the source whose area codes are of another system than it says.

The same digits mean different places in two systems (Kemendagri 18.01 is Lampung Selatan, BPS 1801
is Lampung Barat), so a wrong system moves everybody silently. Three things give it away: the
other system explains codes that the stated one does not; the codes have a shape that the pack's
own codes never have; or people's numbers were issued where the other system says they live.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import duckdb
from sqlglot import exp

from tangga.engine.descriptor import Descriptor
from tangga.engine.mapping import Mapping
from tangga.engine.standardise.expressions import render, sql
from tangga.engine.standardise.fields import Surroundings, area_reader, received_text
from tangga.errors import UserError
from tangga.registry import Table

# Fewer rows than these prove nothing: of codes that are not explained, of strange shape, and of
# people whose number says where it was issued.
ROWS_UNEXPLAINED, ROWS_OF_SHAPE, ROWS_OF_PEOPLE = 5, 20, 20
HOME = "village"


@dataclass(frozen=True)
class Codes:
    """The codes of one column with the rows that have them, and how to read them."""

    name: str
    mapping: Mapping
    rows: Counter[str]
    around: Surroundings

    def meaning(self, system: str) -> dict[str, str]:
        """Received text -> own code, for those that a system explains."""
        reader = area_reader(self.mapping, self.around, system)
        read = {received: reader.read(received).value for received in self.rows}
        return {received: str(value) for received, value in read.items() if value is not None}

    def digits(self, system: str) -> list[tuple[str, int]]:
        """The codes as digits with their rows, but those that say nothing."""
        reader = area_reader(self.mapping, self.around, system)
        read = [(reader.code(received), n) for received, n in self.rows.items()]
        return [(code, n) for code, n in read if code]

    def share(self, meaning: dict[str, str]) -> float:
        """The share of rows whose code is explained."""
        total = sum(self.rows.values())
        return sum(n for received, n in self.rows.items() if received in meaning) / max(total, 1)


def check_systems(
    con: duckdb.DuckDBPyConnection,
    rows: exp.Select,
    of: Descriptor,
    table: Table,
    around: Surroundings,
) -> None:
    """Raise UserError where another system explains a column of area codes far better.

    rows: a SELECT of the source's rows, without columns.
    """
    for name, mapping in of.columns.items():
        if table.columns[name].type != "area" or mapping.constant is not None:
            continue
        codes = Codes(name, mapping, _counted(con, rows, table, name, mapping), around)
        for other in _others(mapping.system or "", around):
            why = _unexplained(codes, other) or _of_other_shape(codes, other)
            if why is None and name == HOME:
                why = _people_live_elsewhere(con, rows, of, table, codes, other)
            if why is not None:
                raise _wrong_system(of, codes, other, why)


def _counted(
    con: duckdb.DuckDBPyConnection, rows: exp.Select, table: Table, name: str, mapping: Mapping
) -> Counter[str]:
    received = received_text(table.columns[name], mapping)
    query = rows.copy().select(received.copy(), "count(*)").where(sql(":t <> ''", t=received))
    return Counter(dict(con.execute(render(query.group_by(received.copy()))).fetchall()))


def _others(system: str, around: Surroundings) -> list[str]:
    known = [around.areas.own, *sorted(around.areas.systems)]
    return [other for other in known if other and other != system]


def _unexplained(codes: Codes, other: str) -> str | None:
    """The stated system explains few codes and the other nearly all."""
    stated = codes.share(codes.meaning(codes.mapping.system or ""))
    explained = codes.share(codes.meaning(other))
    if codes.rows.total() < ROWS_UNEXPLAINED or stated >= 0.5 or explained < 0.9:
        return None
    return f"{other} explains {explained:.0%} of the rows, {codes.mapping.system} {stated:.0%}"


def _of_other_shape(codes: Codes, other: str) -> str | None:
    """Own codes that none explains, of a shape no own code has, below known areas of the other.

    For a system of which only the upper levels are known, so that it explains no whole code.
    """
    areas, system = codes.around.areas, codes.mapping.system or ""
    widths = codes.around.style.widths.get(system, ())
    if system != areas.own or not widths or codes.share(codes.meaning(system)) >= 0.1:
        return None
    whole, last = sum(widths), sum(widths[:-1])
    found = [(code, n) for code, n in codes.digits(system) if len(code) == whole]
    total = sum(n for _, n in found)
    if total < ROWS_OF_SHAPE or total < 0.9 * codes.rows.total():
        return None
    first = {code[last] for code in areas.by_code if len(code) == whole}
    strange = sum(n for code, n in found if code[last] not in first)
    below = sum(n for code, n in found if _known_above(code, areas.systems[other]))
    if strange < 0.5 * total or below < 0.9 * total:
        return None
    return f"{strange / total:.0%} of the codes have a shape that no code of {system} has"


def _known_above(code: str, table: dict[str, str]) -> bool:
    return any(code[:length] in table for length in range(2, len(code) + 1))


def _people_live_elsewhere(
    con: duckdb.DuckDBPyConnection,
    rows: exp.Select,
    of: Descriptor,
    table: Table,
    codes: Codes,
    other: str,
) -> str | None:
    """Where the systems disagree, numbers were issued where the other one says people live."""
    stated, meant = codes.meaning(codes.mapping.system or ""), codes.meaning(other)
    differ = {r for r in stated.keys() & meant.keys() if stated[r] != meant[r]}
    found = _issued(con, rows, of, table, codes) if differ else []
    here, there, total = 0, 0, 0
    for received, issued, n in found:
        if received in differ:
            total += n
            here += n * stated[received].startswith(issued)
            there += n * meant[received].startswith(issued)
    if total < ROWS_OF_PEOPLE or here > 0.3 * total or there < 0.5 * total:
        return None
    return f"{there / total:.0%} of people have a number from where {other} says they live"


def _issued(
    con: duckdb.DuckDBPyConnection,
    rows: exp.Select,
    of: Descriptor,
    table: Table,
    codes: Codes,
) -> list[tuple[str, str, int]]:
    """(code as received, area inside the number, rows), by the first number that has an area."""
    numbers = codes.around.numbers
    for name, mapping in of.columns.items():
        spec = numbers.get(name)
        if spec is None or "compare" not in spec.area or name != spec.columns[0]:
            continue
        number = received_text(table.columns[name], mapping)
        start, length = spec.area["start"], spec.area["compare"]
        issued = sql(f"substr(:t, {start}, {length})", t=number)
        home = received_text(table.columns[codes.name], codes.mapping)
        query = rows.copy().select(home, issued, "count(*)")
        query = query.where(sql(f"length(:t) = {spec.length}", t=number))
        return con.execute(render(query.group_by(home.copy(), issued.copy()))).fetchall()
    return []


def _wrong_system(of: Descriptor, codes: Codes, other: str, why: str) -> UserError:
    stated = codes.mapping.system
    return UserError(
        f"the area codes look like {other}, not {stated}: {why}",
        file=of.path,
        column=codes.name,
        value=min(codes.rows),
        todo=f'Write system = "{other}" if that is what they are, or mend the codes',
    )
