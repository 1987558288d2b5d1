"""Mutations of workbooks: the zip, its parts, what the XML of cells, strings and sheets says."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

from fuzz_csv import CELLS, members_of, zip_of
from fuzz_inputs import Input, blind, put_in, removed

PLACES = (
    "A0", "A1", "ZZZ9999999", "XFD1048576", "A1048577", "a1", "1A", "", "A-1", "B2:A1", "AAAA1",
    "A99999999999999999999", "A1:XFD1048576", "A0:A5", "A5:A0",
)  # fmt: skip
KINDS = ("s", "n", "b", "e", "str", "inlineStr", "d", "x", "")
NUMBERS = ("0", "-1", "1", "99999999", "9" * 5000, "1e999", "NaN", "", "a", "4294967296", "1.5")
XML = (
    '<!DOCTYPE x [<!ENTITY a "b">]>', "<!ENTITY a SYSTEM 'file:///etc/passwd'>", "&a;", "&#0;",
    "&#x110000;", "&amp;", "<![CDATA[x]]>", "<!--", "-->", "<?x?>", "<c/>", "</row>", "<row/>",
    '<row r="1"/>', "<f>A1</f>", "<v/>", "<mergeCells><mergeCell ref='A1:A3'/></mergeCells>",
    "<mergeCell ref='A0:A9'/>", "\0", "\ufffe", '<?xml version="1.0" encoding="utf-16"?>',
    "<row r='1'><c r='A1' t='s'><v>999999</v></c></row>", "<c t='s'><v>-1</v></c>",
)  # fmt: skip
ATTRIBUTE = re.compile(r'\b(\w+(?::\w+)?)="([^"]*)"')
VALUE = re.compile(r"<(v|t)([^>]*)>([^<]*)</\1>")
ELEMENT = re.compile(r"<(\w+)\b[^>]*?(?:/>|>[^<]*</\1>)")


def mutate_book(rng: Random, one: Input, all_: Sequence[Input]) -> Input:
    """One or more parts changed and packed anew; or the zip itself."""
    if rng.random() < 0.15:
        return blind(rng, one, all_)
    members = members_of(one.content)
    if not members:
        return blind(rng, one, all_)
    for _n in range(rng.choice((1, 1, 1, 2, 3))):
        _change(rng, members)
    packed = zip_of(rng, members)
    return blind(rng, one.but(packed), all_) if rng.random() < 0.05 else one.but(packed)


def _change(rng: Random, members: dict[str, bytes]) -> None:
    names = sorted(members)
    sheets = [name for name in names if "sheet" in name and name.endswith(".xml")]
    draw = rng.random()
    if draw < 0.05:
        del members[rng.choice(names)]
        return
    if draw < 0.09:
        members[rng.choice(names)] = members[rng.choice(names)]
        return
    name = rng.choice(sheets) if sheets and rng.random() < 0.55 else rng.choice(names)
    if draw < 0.2:
        members[name] = rng.choice((put_in, removed))(rng, members[name], b"")
        return
    text = members[name].decode("utf-8", "replace")
    members[name] = rng.choice(CHANGES)(rng, text).encode("utf-8", "replace")


def _one_of(rng: Random, pattern: re.Pattern[str], text: str, new: Callable[..., str]) -> str:
    found = list(pattern.finditer(text))
    if not found:
        return text
    match = rng.choice(found)
    return text[: match.start()] + new(match) + text[match.end() :]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")[:50_000]


def _attribute(rng: Random, text: str) -> str:
    values = (*PLACES, *KINDS, *NUMBERS, "hidden", "veryHidden", "rId1", "rId99", "../x.xml", "/x")
    return _one_of(rng, ATTRIBUTE, text, lambda m: f'{m[1]}="{rng.choice(values)}"')


def _attribute_gone(rng: Random, text: str) -> str:
    return _one_of(rng, ATTRIBUTE, text, lambda _: "")


def _value(rng: Random, text: str) -> str:
    values = (*NUMBERS, *map(_escaped, CELLS))
    return _one_of(rng, VALUE, text, lambda m: f"<{m[1]}{m[2]}>{rng.choice(values)}</{m[1]}>")


def _element_gone(rng: Random, text: str) -> str:
    return _one_of(rng, ELEMENT, text, lambda _: "")


def _element_again(rng: Random, text: str) -> str:
    return _one_of(rng, ELEMENT, text, lambda m: m[0] * rng.choice((2, 3, 300)))


def _xml(rng: Random, text: str) -> str:
    spots = [m.end() for m in re.finditer(">", text)] or [0]
    at = rng.choice(spots)
    return text[:at] + rng.choice(XML) + text[at:]


def _deep(rng: Random, text: str) -> str:
    deep = rng.choice((200, 5000, 100_000))
    at = text.rfind("</")
    return text[:at] + "<a>" * deep + "</a>" * deep + text[at:]


def _prefixed(_: Random, text: str) -> str:
    return re.sub(r"<(/?)(row|c|v|sheetData|is|t)\b", r"<\1x:\2", text)


def _dimension(rng: Random, text: str) -> str:
    ref = rng.choice(PLACES)
    return re.sub(r'<dimension ref="[^"]*"', f'<dimension ref="{ref}"', text)


CHANGES = (
    _attribute, _attribute, _attribute, _attribute_gone, _value, _value, _element_gone,
    _element_again, _xml, _xml, _deep, _prefixed, _dimension,
)  # fmt: skip
