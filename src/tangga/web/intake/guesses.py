"""What a file's name and its fellows say of it: a name for its source, its village, its values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from tangga.web.pack import areas

DATES = re.compile(r"[0-9]{4}[-_.]?[0-9]{2}[-_.]?[0-9]{2}|[0-9]{2}[-_.][0-9]{2}[-_.][0-9]{4}")
MOST_CODES = 60
"""A column with more different texts is no column of codes."""


def slug(name: str) -> str:
    """A name for a source out of a file's: `BNBA PKH 2025-12.xlsx` is `bnba_pkh`."""
    stem = re.split(r"[/\\]", name)[-1].split(".")[0]
    plain = re.sub(r"[^a-z0-9]+", "_", DATES.sub(" ", stem).lower()).strip("_")
    plain = re.sub(r"^[0-9_]+", "", plain)
    return plain[:40].strip("_") or "berkas"


def village_in(name: str, root: str) -> str:
    """The village whose code or name stands in a file's name; '' where none or several do."""
    code = re.search(r"(?<![0-9])[0-9]{10}(?![0-9])", name)
    if code and code[0] in areas().by_code:
        return code[0]
    words = _plain(name).split()
    named, most = _villages()
    parts = {
        " ".join(words[at : at + length])
        for length in range(1, most + 1)
        for at in range(len(words) - length + 1)
    }
    fits = [one for part in parts for one in named.get(part, ()) if one[1].startswith(root)]
    best = max((length for length, _ in fits), default=0)
    found = [number for length, number in fits if length == best]
    return found[0] if len(found) == 1 else ""


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]+", " ", name.lower()).strip()


@cache
def _villages() -> tuple[dict[str, list[tuple[int, str]]], int]:
    """(plain name -> length of the name and code of each village of it, the most words of a name):
    eighty thousand names are made plain once, not for each file."""
    found: dict[str, list[tuple[int, str]]] = {}
    for number, area in areas().by_code.items():
        if len(number) == 10 and (plain := _plain(area.name)):
            found.setdefault(plain, []).append((len(area.name), number))
    return found, max((plain.count(" ") + 1 for plain in found), default=0)


def merged(seen: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What was recognised of several files of one layout, as of one: the longest, with the values
    and dates of all."""
    first = max(seen, key=lambda one: one["sampled"])
    values: dict[str, dict[str, int]] = {}
    for one in seen:
        for column, counted in one["values"].items():
            known = values.setdefault(column, {})
            for text, rows in counted.items():
                known[text] = known.get(text, 0) + rows
    dates = sorted({day for one in seen for day in one["dates"]})
    refused = {k: v for one in seen for k, v in one["areas"]["refused"].items()}
    fits = [name for name in first["areas"]["fits"] if name not in refused]
    return {
        **first,
        "values": {name: counted for name, counted in values.items() if len(counted) <= MOST_CODES},
        "dates": dates,
        "areas": {**first["areas"], "refused": refused, "fits": fits},
    }
