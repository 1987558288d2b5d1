"""The numbers that are published for everybody, by area: as tables to read and as files."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from tangga.texts import Language, catalogue, number, say
from tangga.web.database.rows import one, rows
from tangga.web.family.classes import classes
from tangga.web.pack import areas, code_label, pack
from tangga.web.policy.book import book

FILES = "SELECT name, said::text AS said, length(content) AS size FROM open_tables ORDER BY place"
FILE = "SELECT content FROM open_tables WHERE name = %s"
OF_AREA = """
SELECT r.name, r.lines FROM open_rows AS r JOIN open_tables AS t ON t.name = r.name
WHERE r.place = %s ORDER BY t.place
"""
BELOW = """
SELECT DISTINCT place AS area FROM open_rows
WHERE place >= %s AND place < %s AND length(place) = %s
"""
NEXT_LEVEL = {0: 2, 2: 4, 4: 6, 6: 10}
PACKAGE = "datapackage"
TOTAL, MOST_ROWS, TWO = "total", 40, 2
LEFT_OUT = "suppressed"
MONEY = ("paid", "amount")
BY_LIST = ("determined", "waiting")
"""States in a programme that are told only where a list of its recipients was received."""


@dataclass(frozen=True)
class File:
    """One published file. said: its description, as in datapackage.json."""

    name: str
    title: str
    size: int
    said: Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """A file's rows of one area, to read. A cell is None where the number is left out."""

    name: str
    title: str
    heads: tuple[str, ...]
    lines: tuple[tuple[str, tuple[str | None, ...]], ...]
    left_out: int


def has_any(release: int) -> bool:
    """Whether a release was loaded with its open numbers."""
    return "open_tables" in classes(release).held


def files(language: Language) -> list[File]:
    """Every file in its order, the description left aside."""
    found = []
    for row in rows(FILES):
        said = json.loads(row["said"])
        if row["name"] != PACKAGE:
            title = said.get("titles", {}).get(language, row["name"])
            found.append(File(row["name"], title, row["size"], said))
    return found


def about() -> Mapping[str, Any] | None:
    """The description of all: licence, edition; None where nothing was published."""
    found = next((row for row in rows(FILES) if row["name"] == PACKAGE), None)
    return None if found is None else json.loads(found["said"])


def content(name: str) -> str | None:
    """A file whole; None for a name that no file has."""
    found = one(FILE, [name])
    return None if found is None else str(found["content"])


def below(area: str) -> list[tuple[str, str]]:
    """Areas of the next level inside of one of which there are numbers: code and name."""
    digits = NEXT_LEVEL.get(len(area))
    if digits is None:
        return []
    found = rows(BELOW, [area or "!", f"{area}~", digits])
    named = [(str(row["area"]), areas().name(str(row["area"])) or "") for row in found]
    return sorted(named, key=lambda one: one[1])


def tables(area: str, all_: Sequence[File], language: Language, on: date) -> list[Table]:
    """The tables of an area that fit on a page; the larger ones are for download."""
    told = {one.name: one for one in all_}
    found = []
    for row in rows(OF_AREA, [area]):
        file = told[row["name"]]
        if len(file.said["tangga"]["each"]) + len(file.said["tangga"]["by"]) > TWO:
            continue
        made = _table(file, list(csv.DictReader(io.StringIO(row["lines"]))), language, on)
        if 0 < len(made.lines) <= MOST_ROWS:
            found.append(made)
    return found


def _table(file: File, lines: Sequence[dict[str, str]], language: Language, on: date) -> Table:
    """Its dimensions down and across: the last of two across, with one measure; else measures."""
    shape = file.said["tangga"]
    dims, measures = [*shape["each"], *shape["by"]], shape["measures"]
    across = dims[-1] if len(dims) > 1 else ""
    down = [one for one in dims if one != across]
    labels = _Labels(file.said, language, on)
    heads = list(dict.fromkeys(one[across] for one in lines)) if across else measures
    heads = _in_order(across, heads)
    measure = measures[-1] if across else ""
    cells: dict[tuple[str, ...], dict[str, str | None]] = {}
    left_out = 0
    for line in lines:
        gone = line[LEFT_OUT].split()
        key = tuple(line[one] for one in down)
        for name in [measure] if across else measures:
            at = line[across] if across else name
            told = None if name in gone else labels.amount(name, line[name])
            left_out += told is None
            cells.setdefault(key, {})[at] = told
    keys = sorted(cells, key=lambda key: [_place(d, one) for d, one in zip(down, key, strict=True)])
    named = [
        (", ".join(labels.value(d, one) for d, one in zip(down, key, strict=True)), key)
        for key in keys
    ]
    return Table(
        name=file.name,
        title=file.title,
        heads=tuple(labels.value(across, one) if across else labels.column(one) for one in heads),
        lines=tuple(
            (label, tuple(cells[key].get(h, labels.absent(h)) for h in heads))
            for label, key in named
        ),
        left_out=left_out,
    )


_BAND = re.compile(r"[a-z]+_(?:from_)?(\d+)(?:_to_\d+)?")
"""The id of a band of months or ages: by where it begins."""


class _Labels:
    """Values and columns of a file in words."""

    def __init__(self, said: Mapping[str, Any], language: Language, on: date) -> None:
        self.language = language
        self.bands = _bands(language, on)
        self.fields = {one["name"]: one for one in said["schema"]["fields"]}

    def column(self, name: str) -> str:
        return str(self.fields[name].get("titles", {}).get(self.language, name))

    def value(self, dimension: str, value: str) -> str:
        key = f"web_open.value_{value or 'none'}"
        if key in catalogue():
            return say(key, self.language)
        if value in self.bands:
            return self.bands[value]
        if dimension in pack().codes and value in pack().codes[dimension]:
            return code_label(dimension, value, self.language)
        return book().label(value, self.language) if dimension == "programme" else value

    def absent(self, head: str) -> str:
        """What a file does not say: who receives a programme of which there is no list."""
        return say("web_open.no_list", self.language) if head in BY_LIST else "–"

    def amount(self, measure: str, value: str) -> str:
        if not value.lstrip("-").isdigit():
            return value or "–"
        said = number(int(value), self.language)
        return f"Rp{said}" if measure in MONEY else said


@lru_cache(maxsize=8)
def _bands(language: Language, on: date) -> Mapping[str, str]:
    """The labels of months and ages, of the policy of a day."""
    found = book().policy.settings["publish"].on(on)
    bands = [*found.says["clock"], *found.says["age"]] if found else []
    return {one["id"]: one["labels"][language] for one in bands}


def _place(dimension: str, value: str) -> tuple[int, str]:
    """Where a value stands: numbers in their order, codes as the pack lists them, totals last."""
    if value == TOTAL:
        return (10_000, "")
    if value.isdigit():
        return (int(value), "")
    if (band := _BAND.fullmatch(value)) is not None:
        return (int(band[1]), "")
    listed = list(pack().codes[dimension].codes) if dimension in pack().codes else []
    return (100 + listed.index(value) if value in listed else 9_000, value)


def _in_order(dimension: str, values: Sequence[str]) -> list[str]:
    return sorted(values, key=lambda one: _place(dimension, one)) if dimension else list(values)
