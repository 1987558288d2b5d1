"""Every address of the service, with arguments of somebody's area, and what must not be seen there.

A new address is walked by itself; a new kind of argument has to be given a value in ARGUMENTS, or
the walk fails and says so.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, product
from typing import Any

import psycopg

LONG_ENOUGH = 9
"""Letters of a name that is looked for on a page: shorter ones are parts of words."""

NAMED_IN_QUERIES = ("wilayah", "area", "code", "kode", "dari", "cari", "cursor", "after", "q")
MORE_IN_QUERIES = ("family", "keluarga", "family_id", "person", "person_id", "orang", "who", "id")
NUMBERS_POSTED = ("nik", "kk", "nomor", "number")
NAMES_POSTED = ("name", "nama", "q")


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver. needed: the verb, or a mark of `tangga.web.viewer`."""

    route: str
    name: str
    needed: str | None

    @property
    def parameters(self) -> list[str]:
        """What stands in angle brackets, such as `slug:family_id`."""
        return re.findall(r"<([^>]+)>", self.route)

    def with_values(self, values: dict[str, str]) -> str:
        """The path."""
        filled = re.sub(r"<([^>]+)>", lambda m: values[m[1]], self.route)
        return "/" + filled


def addresses() -> list[Address]:
    """Every address that is registered, once each."""
    from django.urls import get_resolver

    found = {one.route: one for one in _below(get_resolver(), "")}
    return list(found.values())


def _below(resolver: Any, before: str) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern).removeprefix("^").removesuffix("$")
        if hasattr(pattern, "url_patterns"):
            yield from _below(pattern, route)
        else:
            yield Address(route, pattern.name or "", getattr(pattern.callback, "needed", None))


@dataclass
class Side:
    """An area with who lives in it, read past every policy; and the accounts that belong there."""

    superuser_url: str
    area: str
    users: dict[str, int] = field(default_factory=dict)

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.superuser_url) as con:
            con.execute("SET search_path = r_1, public")
            return con.execute(query.encode(), [self.area, self.area + "~"]).fetchall()

    @cached_property
    def families(self) -> list[str]:
        """Ids of the families, those with most to show first."""
        query = """
            SELECT family_id FROM family_index WHERE area >= %s AND area < %s
            ORDER BY cardinality(programmes) DESC, family_id
        """
        return [row[0] for row in self._rows(query)]

    @cached_property
    def people(self) -> list[tuple[str, str]]:
        """Ids and names."""
        query = """
            SELECT person_id, coalesce(name, '') FROM persons WHERE area >= %s AND area < %s
            ORDER BY person_id
        """
        return [(row[0], row[1]) for row in self._rows(query)]

    @cached_property
    def pairs(self) -> list[str]:
        """Keys of pairs that may be one person."""
        from tangga.web.duplicates.queries import PAIR

        query = f"SELECT {PAIR} FROM review_queue AS q WHERE area >= %s AND area < %s ORDER BY 1"
        return [row[0] for row in self._rows(query)]

    @cached_property
    def numbers(self) -> set[str]:
        """NIK and KK, in full."""
        from tangga.web.secrets import unseal

        query = "SELECT nik, kk FROM persons WHERE area >= %s AND area < %s"
        sealed = {bytes(one) for row in self._rows(query) for one in row if one is not None}
        return {unseal(one) for one in sealed}

    @cached_property
    def ids(self) -> set[str]:
        """Everything by which a page could name a family, a person or a number of here."""
        return {*self.families, *(person for person, _ in self.people), *self.numbers}

    @cached_property
    def names(self) -> set[str]:
        """Names long enough to be looked for: of people, and of the workers of the area."""
        query = "SELECT name FROM workers WHERE area >= %s AND area < %s AND name IS NOT NULL"
        named = (name for (name,) in self._rows(query))
        return {one for one in (*(name for _, name in self.people), *named) if _is_long(one)}


def _is_long(name: str) -> bool:
    return len(name) >= LONG_ENOUGH


@dataclass(frozen=True)
class Marks:
    """What is one side's alone: ids, names, usernames; nothing of the other side contains it."""

    words: frozenset[str]
    names: frozenset[str]

    def on(self, text: str, given: set[str]) -> set[str]:
        """Those that a page shows, without what the request itself had given."""
        words = set(re.findall(r"[A-Za-z0-9_-]{6,}", text)) & self.words
        return (words | {name for name in self.names if name in text}) - given


def marks(of: Side, unlike: Side) -> Marks:
    """What only this side has."""
    others = "\n".join(sorted(unlike.names))
    names = {name for name in of.names if name not in others}
    return Marks(frozenset((of.ids | set(of.users)) - unlike.ids), frozenset(names))


NO_JOB = "00000000-0000-4000-8000-000000000000"

ARGUMENTS: dict[str, Callable[[Side], list[str]]] = {
    "family_id": lambda side: side.families[:2],
    "person_id": lambda side: [person for person, _ in side.people[:2]],
    "code": lambda side: [side.area or "18"],
    "user_id": lambda side: [str(number) for number in side.users.values()] or ["1"],
    "number": lambda side: ["1"],
    "release": lambda side: ["1"],
    "programme": lambda side: ["pkh"],
    "name": lambda side: _lists(),
    # Uploads and jobs: what belongs to nobody is not there for anybody.
    "uuid:number": lambda side: [NO_JOB],
    "source": lambda side: ["regsosek"],
    "str:village": lambda side: [(side.area or "1811052010").ljust(10, "0")],
    "str:place": lambda side: [side.area[:4] or "1811"],
    "str:key": lambda side: side.pairs[:2] or ["0" * 64],
    "slug:sort": lambda side: ["value", "death", "rank_appeal"],
    "slug:kind": lambda side: ["objection", "keterangan_terdaftar"],
    "slug:what": lambda side: ["anggota", "omzet"],
    "slug:slug": lambda side: ["graduasi", "batas", "lulus"],
}
"""Values of each argument, of one side."""


def _lists() -> list[str]:
    from tangga.web.lists.definitions import definitions

    return [one.name for one in definitions().values() if not one.case]


def filled(address: Address, side: Side, most: int = 3) -> list[tuple[str, set[str]]]:
    """The paths of an address with the side's values, at most so many, each with those given."""
    unknown = [one for one in address.parameters if _values(one) is None]
    assert not unknown, f"/{address.route}: say in walking.ARGUMENTS what {unknown} is"
    each = [_values(one)(side) for one in address.parameters]
    return [
        (address.with_values(dict(zip(address.parameters, values, strict=True))), set(values))
        for values in islice(product(*each), most)
    ]


def _values(parameter: str) -> Callable[[Side], list[str]] | None:
    """The values of an argument: by its kind and name, or by its name alone."""
    return ARGUMENTS.get(parameter) or ARGUMENTS.get(parameter.split(":")[-1])


def query_of(side: Side) -> dict[str, str]:
    """A query that asks for the side in every way that a page may read."""
    asked = dict.fromkeys(NAMED_IN_QUERIES, side.area)
    return asked | dict.fromkeys(MORE_IN_QUERIES, side.families[0] if side.families else "")


def form_of(side: Side) -> dict[str, str]:
    """A form that asks for the side: by number and by name, in every way that a page may read."""
    number = sorted(side.numbers)[0]
    person, name = next((one for one in side.people if len(one[1]) >= LONG_ENOUGH), side.people[0])
    form = dict.fromkeys(NUMBERS_POSTED, number) | dict.fromkeys(NAMES_POSTED, name)
    ids = {"person_id": person, "family_id": side.families[0], "keluarga": side.families[0]}
    return form | ids | {"wilayah": side.area, "area": side.area}


def text_of(answer: Any) -> str:
    """What an answer says; a workbook is unpacked."""
    content = b"".join(answer) if answer.streaming else answer.content
    if content[:2] != b"PK":
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
