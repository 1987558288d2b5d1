"""What narrows a list: its own filters, and those that every list of families takes.

Values stand in the address, so that a list can be kept and sent on: codes and numbers, never a name
or a number of a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import BadRequest
from django.http import QueryDict

from tangga.texts import say
from tangga.web.database.rows import rows
from tangga.web.lists import workers
from tangga.web.lists.definitions import UNKNOWN, Definition, Filter, definitions, source
from tangga.web.lists.fitting import fitted
from tangga.web.lists.kept import Kept
from tangga.web.lists.release import Held
from tangga.web.lists.words import filter_word, word
from tangga.web.pack import pack
from tangga.web.policy.book import book
from tangga.web.register.made import INDEX
from tangga.web.register.tables import NATION
from tangga.web.viewer import Viewer

FAMILIES = "families"
"""The list of all families."""

MOST_VALUES = 60
"""Values that one choice offers."""

STATES = {
    "ditetapkan": "programmes",
    "menunggu": "programmes_waiting",
    "belum": "programmes_unknown",
}
"""How a family stands to a programme: value in the address -> column of the index of families."""

MOST_REMEMBERED = 5000
KEYS = """
SELECT key FROM figures WHERE figure = %s AND area = %s AND value IS DISTINCT FROM 0 ORDER BY key
"""
MONTHS = ("0", "6", "12")
YES_NO = ("ya", "tidak")
DECILES = (*(str(n) for n in range(1, 11)), UNKNOWN)
Condition = tuple[str, list[Any]]


@dataclass(frozen=True)
class Choice:
    """One filter on the page: what may be chosen (value, words), and what is."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    value: str = ""

    @property
    def words(self) -> str:
        """What is chosen, in words."""
        return dict(self.options).get(self.value, self.value)


@dataclass(frozen=True)
class Chosen:
    """The filters of a request."""

    choices: tuple[Choice, ...]
    conditions: tuple[Condition, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def active(self) -> list[Choice]:
        """Those that narrow the list."""
        return [one for one in self.choices if one.value]


def chosen(
    definition: Definition, asked: QueryDict, viewer: Viewer, release: Held, family: str
) -> Chosen:
    """The filters that an address asks for; BadRequest for a value that there is not.

    family: alias of the index of families in the query, '' where rows have no family. To whom a
    class of columns is hidden may not narrow by it either: that would tell it.
    """
    open_to = {
        one.name for one in definition.filters.values() if _sees(definition, one, viewer, release)
    }
    asked_for = Asked(asked, viewer, release)
    own = [pair for pair in _own(definition, asked_for) if pair[0].name in open_to]
    common = (
        list(_common(asked_for, family)) if family and viewer.sight("personal") == "full" else []
    )
    both = [
        *own,
        *(pair for pair in common if pair[0].value or not _same(pair[0].name, definition)),
    ]
    return Chosen(
        choices=tuple(choice for choice, _ in both),
        conditions=tuple(said for choice, said in both if choice.value and said[0]),
        params={choice.name: choice.value for choice, _ in both if choice.value},
    )


def of_all_families(viewer: Viewer, release: Held) -> tuple[Choice, ...]:
    """By what the list of all families can be narrowed, nothing chosen."""
    definition = fitted(definitions()[FAMILIES], release.has)
    return chosen(definition, QueryDict(), viewer, release, "t").choices


@dataclass(frozen=True)
class Asked:
    """What an address asks for, who asks, and of which release."""

    address: QueryDict
    viewer: Viewer
    release: Held

    def choice(self, name: str, options: Iterable[tuple[str, str]]) -> Choice:
        """One choice; BadRequest for a value that is not offered."""
        value, offered = self.address.get(name, ""), tuple(options)
        if value and value not in dict(offered):
            raise BadRequest("filter")
        return Choice(name, say(f"web_list_filter.{name}", self.viewer.language), offered, value)

    def say(self, key: str) -> str:
        """A text in the viewer's language."""
        return say(f"web_list_filter.{key}", self.viewer.language)

    def word(self, codes: str, key: str) -> str:
        """A coded value in words."""
        return word(codes, key, self.viewer.language, self.release.as_of)


def _sees(definition: Definition, one: Filter, viewer: Viewer, release: Held) -> bool:
    columns = release.tables.get(definition.table, {})
    _, privacy = columns.get(one.column.removeprefix("t."), ("", definition.sees))
    return viewer.sight(privacy) == "full"


COMMON = {"rung": "anak_tangga", "decile": "desil", "place": "tempat"}
"""Filters of lists that say the same as one of all families: that one is not offered again."""


def _same(common: str, definition: Definition) -> bool:
    return any(COMMON.get(name) == common for name in definition.filters)


def _own(definition: Definition, asked: Asked) -> Iterable[tuple[Choice, Condition]]:
    language, day = asked.viewer.language, asked.release.as_of
    for name, one in definition.filters.items():
        value = asked.address.get(name, "")
        keys = values_of(definition, name, asked.viewer, asked.release)
        if value and value not in keys:
            keys = (*keys, _plain(value))
        options = tuple((key, filter_word(one, key, language, day)) for key in keys)
        yield Choice(name, asked.say(name), options, value), (f"{one.sql(day)} = %s", [value])


def _plain(value: str) -> str:
    if len(value) > 40 or not value.isprintable():
        raise BadRequest("filter")
    return value


_values: Kept[tuple[str, ...]] = Kept(MOST_REMEMBERED)


def values_of(definition: Definition, name: str, viewer: Viewer, release: Held) -> tuple[str, ...]:
    """The values that a filter has in the viewer's own area; remembered as long as a release."""

    def read() -> tuple[str, ...]:
        found = _read_values(definition, name, viewer, release)
        return _in_order(definition.filters[name].codes, found)

    return _values.of(viewer, release, (definition.name, name), read)


def _read_values(
    definition: Definition, name: str, viewer: Viewer, release: Held
) -> tuple[str, ...]:
    """From the figures, where they count by this filter; else from the rows themselves."""
    split = [
        one.name
        for one in definition.figures.values()
        if one.by == name and not (one.hidden or one.sum)
    ]
    if split and not definition.case:
        return tuple(str(row["key"]) for row in rows(KEYS, [split[0], viewer.area or NATION]))
    key = definition.filters[name].sql(release.as_of)
    text = f"SELECT DISTINCT {key} AS key {source(definition)} ORDER BY 1 LIMIT {MOST_VALUES}"
    return tuple(str(row["key"]) for row in rows(text))


def _in_order(codes: str, found: tuple[str, ...]) -> tuple[str, ...]:
    """Numbers by size, codes as the pack orders them, the unknown last."""
    listed = pack().codes.get(codes)
    places = {code: place for place, code in enumerate(listed.codes)} if listed else {}

    def rank(key: str) -> tuple[bool, int, str]:
        number = int(key) if key.isascii() and key.isdigit() and len(key) < 9 else 0
        return key == UNKNOWN, places.get(key, number), key

    return tuple(sorted(found, key=rank))


def _common(asked: Asked, f: str) -> Iterable[tuple[Choice, Condition]]:
    """What every list of families can be narrowed by."""
    rung = asked.choice("anak_tangga", _of_families(asked, "rung", "rung"))
    yield rung, _is(f"{f}.rung", rung.value)
    decile = asked.choice("desil", _of_families(asked, "decile", "decile"))
    yield decile, _is(f"{f}.decile::text", decile.value)
    yield from _programme(asked, f)
    months = asked.choice("sisa", [(n, asked.say(f"sisa_{n}")) for n in MONTHS])
    yield months, (_months(f, months.value), [])
    visit = asked.choice("kunjungan", [(v, asked.say(f"kunjungan_{v}")) for v in YES_NO])
    yield visit, (f"{'' if visit.value == YES_NO[0] else 'NOT '}{f}.needs_visit", [])
    yield from _worker(asked, f)
    if not asked.release.has(INDEX, "place_kind"):
        return
    listed = pack().codes.get("place_kind")
    kinds = [*(listed.codes if listed else ()), UNKNOWN]
    place = asked.choice("tempat", [(kind, asked.word("place_kind", kind)) for kind in kinds])
    yield place, _is(f"{f}.place_kind", place.value)


def _of_families(asked: Asked, name: str, codes: str) -> list[tuple[str, str]]:
    keys = values_of(definitions()[FAMILIES], name, asked.viewer, asked.release)
    now = asked.address.get({"rung": "anak_tangga", "decile": "desil"}[name], "")
    known = {*DECILES, *_codes("rung"), UNKNOWN}
    more = (now,) if now in known and now not in keys else ()
    return [(key, asked.word(codes, key)) for key in (*keys, *more)]


def _programme(asked: Asked, f: str) -> Iterable[tuple[Choice, Condition]]:
    listed = [(code, asked.word("programme", code)) for code in book().policy.programmes]
    programme = asked.choice("program", listed)
    state = asked.choice("keadaan", [(one, asked.say(f"keadaan_{one}")) for one in STATES])
    asked_for = (STATES[state.value],) if state.value in STATES else tuple(STATES.values())
    if programme.value:
        stands = " OR ".join(f"{f}.{column} @> ARRAY[%s]" for column in asked_for)
        yield programme, (f"({stands})", [programme.value] * len(asked_for))
        yield state, ("", [])
    else:
        yield programme, ("", [])
        yield state, (f"{f}.{asked_for[0]} <> '{{}}'", [])


def _worker(asked: Asked, f: str) -> Iterable[tuple[Choice, Condition]]:
    """By who works with them; a code that nobody offered has no families, and is no mistake."""
    if not workers.told(asked.release):
        return
    value = asked.address.get(workers.FILTER, "")
    offered = workers.options(asked.viewer, asked.release)
    if value and value not in dict(offered):
        offered.append((_plain(value), value))
    worker = asked.choice(workers.FILTER, offered)
    yield worker, (workers.condition(f), [worker.value])


def _is(sql: str, value: str) -> Condition:
    return (f"{sql} IS NULL", []) if value == UNKNOWN else (f"{sql} = %s", [value])


def _months(f: str, value: str) -> str:
    if value == "0":
        return f"{f}.cap_list = 'passed'"
    return f"{f}.cap_list = 'near' AND {f}.months_left <= {int(value or 0)}"


def _codes(name: str) -> list[str]:
    listed = pack().codes.get(name)
    return list(listed.codes) if listed else []
