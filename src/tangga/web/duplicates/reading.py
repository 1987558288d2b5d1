"""A pair side by side: what each record says, what is known of the person, what speaks for what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from tangga.registry.privacy import masked
from tangga.texts import Language, say
from tangga.web.duplicates import queries
from tangga.web.family.evidence import Link, Weighed, link, source_id
from tangga.web.family.eyes import Eyes, Row, Shown, as_date, in_words, opened
from tangga.web.family.people import PERSON, PERSONS, named
from tangga.web.pack import area_name, code_label, pack

SHOWN = ("name", "birth_date", "nik", "kk", "sex", "village", "address")
MORE = ("mother_name", "birth_place", "marital_status", "school_level")
"""Of the person, beyond what the record says, where the release has it."""
FULL_BITS = 15.0
"""Bits at which a bar is full."""
STARS = "*"


@dataclass(frozen=True)
class Field:
    """One column of both records. agrees: True, False, None where one is silent or masked alike."""

    label: str
    left: str
    right: str
    agrees: bool | None


@dataclass(frozen=True)
class Bar:
    """One piece of evidence. share: of a full bar, in percent; tone: good speaks for one person."""

    label: str
    said: str
    bits: float | None
    share: int
    tone: str


@dataclass(frozen=True)
class Both:
    """What the register believes of both persons in one column. agrees: None where it does not know
    of one, or the viewer may not."""

    label: str
    left: Shown | None
    right: Shown | None
    agrees: bool | None


@dataclass(frozen=True)
class Side:
    """One of the two. here: the person is of the viewer's area; else only the record is shown."""

    source: str
    id: str
    person_id: str
    family_id: str
    here: bool
    named: str
    place: str
    members: tuple[str, ...]
    programmes: tuple[str, ...]
    records: tuple[tuple[str, str, date | None], ...]


@dataclass(frozen=True)
class Pair:
    """What the page shows."""

    key: str
    n: int
    ruled: str
    stake: int
    link: Link
    bars: tuple[Bar, ...]
    conclusion: str
    left: Side
    right: Side
    fields: tuple[Field, ...]
    believed: tuple[Both, ...]


def read(row: Row, eyes: Eyes) -> Pair:
    """A row of the queue in words."""
    language = eyes.language
    said = link(row, language)
    known = [queries.side(row[f"{side}_person_id"] or "") or {} for side in ("left", "right")]
    return Pair(
        key=row["pair"],
        n=row["n"],
        ruled=row["ruled"] or "",
        stake=row["stake"],
        link=said,
        bars=tuple(_bar(one) for one in said.evidence),
        conclusion=_conclusion(said, language),
        left=_side(row, "left", known[0], eyes),
        right=_side(row, "right", known[1], eyes),
        fields=tuple(_fields(row, eyes)),
        believed=tuple(_believed(*(one.get("person") or {} for one in known), eyes)),
    )


def _bar(one: Weighed) -> Bar:
    bits = one.bits
    share = 0 if bits is None else max(2, round(100 * min(abs(bits) / FULL_BITS, 1)))
    tone = "" if not bits else "good" if bits > 0 else "bad"
    return Bar(one.label, one.said, bits, share, tone)


def _conclusion(said: Link, language: Language) -> str:
    """One sentence: what the sum of it means, and that it is not enough to decide."""
    if said.weight is None:
        return say("web_doubles.weighs_nothing", language)
    for least, name in ((10.0, "likely"), (3.0, "rather"), (-3.0, "open"), (-1000.0, "unlikely")):
        if said.weight >= least:
            return say(f"web_doubles.weighs_{name}", language)
    return ""


def _fields(row: Row, eyes: Eyes) -> Iterator[Field]:
    columns = pack().tables[PERSON].columns
    for name in SHOWN:
        if f"left_{name}" not in row:
            continue
        left, right = row[f"left_{name}"], row[f"right_{name}"]
        if left is None and right is None:
            continue
        privacy = eyes.classes.of("review_queue", f"left_{name}")
        agrees = None if left is None or right is None else left == right
        if agrees and STARS in str(left):
            # What is masked alike may differ below the mask; the evidence above says it.
            agrees = None
        yield Field(
            columns[name].labels[eyes.language],
            _said(left, name, privacy, eyes),
            _said(right, name, privacy, eyes),
            agrees,
        )


def _said(value: Any, name: str, privacy: str, eyes: Eyes) -> str:
    sight = eyes.viewer.sight(privacy)
    if value is None:
        return say("web_doubles.silent", eyes.language)
    column = pack().tables[PERSON].columns[name]
    if sight == "hidden":
        return say("web.hidden", eyes.language)
    if STARS in str(value):
        return str(value)
    if sight == "masked":
        return masked(column.mask or "hidden", value) or say("web.hidden", eyes.language)
    return in_words(value, column, eyes.language)


def _side(row: Row, which: str, found: Row, eyes: Eyes) -> Side:
    person = row[f"{which}_person_id"] or ""
    known = found.get("person") or {}
    family = known.get("family_id") or ""
    language = eyes.language
    return Side(
        source=row[f"{which}_source"],
        id=source_id(row[f"{which}_id"], language),
        person_id=person,
        family_id=family,
        here=bool(known),
        named=named(eyes, known).text if known else str(row.get(f"{which}_name") or ""),
        place=area_name(known.get("village") or row.get(f"{which}_village"), language),
        members=tuple(_member(one, eyes) for one in found.get("members") or ()),
        programmes=tuple(
            _programme(one, language) for one in sorted(found.get("programmes") or ())
        ),
        records=tuple(
            (one["source"], source_id(one["id"], language), as_date(one["day"]))
            for one in found.get("records") or ()
        ),
    )


def _believed(left: Row, right: Row, eyes: Eyes) -> Iterator[Both]:
    """Column by column, as the viewer may see it; nothing of a person of another area."""
    columns = pack().tables[PERSON].columns
    for name in (*SHOWN, *MORE):
        known = [one for one in (left, right) if name in one]
        if name not in columns or not known:
            continue
        both = [
            eyes.show(PERSONS, one, name, PERSON) if name in one else None for one in (left, right)
        ]
        if any(both) or name in SHOWN:
            agrees = opened(left[name]) == opened(right[name]) if all(both) else None
            yield Both(columns[name].labels[eyes.language], both[0], both[1], agrees)


def _member(row: Row, eyes: Eyes) -> str:
    parts = [named(eyes, row).text]
    relation = eyes.show(PERSONS, row, "relation", PERSON)
    born = as_date(row.get("birth_date"))
    if relation:
        parts.append(relation.text)
    if born is not None and eyes.sees(PERSONS, "birth_date"):
        parts.append(str(born.year))
    return ", ".join(parts)


def _programme(code: str, language: Language) -> str:
    return code_label("programme", code, language)
