"""The form of a visit, made from the schema: first what to ask, then the sections of the pilar."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from tangga.registry.model import Column
from tangga.texts import Language, say
from tangga.web.family.eyes import Eyes, Row
from tangga.web.journeys.visits import values
from tangga.web.journeys.visits.asked import Question, answerable, columns_of, may_write, tellable
from tangga.web.journeys.visits.facts import FAMILY, PERSON, VISIT, Seen, column_of, told_key
from tangga.web.journeys.visits.wanted import wanted
from tangga.web.journeys.visits.whole import complete, lacks, unnumbered
from tangga.web.journeys.visits.widgets import Choice, Line
from tangga.web.pack import code_label, pack
from tangga.web.viewer import Viewer

ON_DATE, PURPOSE, RESULT = "on_date", "purpose", "result"
OWN = (ON_DATE, PURPOSE, RESULT)
"""Columns that stand open in the database: what visits are counted by."""

LONG_TEXT = 300
TOLD = ("yes", "no", "not_known")
YES_NO_UNKNOWN = "yes_no_unknown"
PREFIX = re.compile(r"(?P<kind>[ptn])-(?P<person>[A-Za-z0-9]{0,40})-(?P<name>[a-z][a-z0-9_]{0,62})")


class Fact(forms.Field):
    """One column of the schema. on: the day that the answer speaks of."""

    def __init__(self, column: Column, language: Language, on: date, **more: Any) -> None:
        self.column, self.language, self.on = column, language, on
        required = bool(more.get("required"))
        super().__init__(widget=_widget(column, language, required), **{"required": False, **more})

    def to_python(self, value: Any) -> str:
        """The kept value; '' for nothing."""
        try:
            return values.read(self.column, str(value or ""), self.on)
        except values.Unread as wrong:
            raise forms.ValidationError(wrong.words(self.language)) from None


_made: dict[tuple[int, Language, bool], tuple[Column, forms.Widget]] = {}
"""Each column's widget, made once: a field takes a copy of its own."""


def _widget(column: Column, language: Language, required: bool) -> forms.Widget:
    key = (id(column), language, required)
    if key not in _made or _made[key][0] is not column:
        _made[key] = (column, _new_widget(column, language, required))
    return _made[key][1]


def _new_widget(column: Column, language: Language, required: bool) -> forms.Widget:
    match column.type:
        case "code" | "boolean":
            return Choice(_pairs(column, language, required))
        case "date":
            return Line("date")
        case "integer" | "money":
            return Line(inputmode="numeric", autocomplete="off")
        case "decimal":
            return Line(inputmode="decimal", autocomplete="off")
        case _ if (column.max_length or 0) > LONG_TEXT:
            return forms.Textarea({"rows": 3, "maxlength": column.max_length})
        case _:
            return Line(autocomplete="off")


def _pairs(column: Column, language: Language, required: bool) -> list[tuple[str, str]]:
    """Nothing, and then each answer."""
    empty = say("web_visits.choose" if required else "web_visits.not_asked", language)
    if column.codes is None:
        yes, no = say("rules.yes", language), say("rules.no", language)
        return [("", empty), (values.YES, yes), (values.NO, no)]
    codes = column.codes
    return [("", empty), *((code, codes.label(code, language)) for code in codes.codes)]


@dataclass(frozen=True)
class Part:
    """Some fields under a heading. recorded: name of a field -> what the register says. same: the
    field by which somebody says that a whole section is still as recorded, None where it cannot."""

    name: str
    label: str
    fields: tuple[forms.BoundField, ...]
    open: bool
    recorded: Mapping[str, str]
    same: forms.BoundField | None = None

    @property
    def groups(self) -> list[tuple[forms.BoundField | None, list[forms.BoundField]]]:
        """Its fields: each by itself, but those that one tick answers together below that tick."""
        found: list[tuple[forms.BoundField | None, list[forms.BoundField]]] = []
        for field in self.fields:
            if field.name.startswith("n-"):
                found.append((field, []))
            elif found and found[-1][0] is not None and _ticked(found[-1][0].name, field.name):
                found[-1][1].append(field)
            else:
                found.append((None, [field]))
        return found

    @property
    def first(self) -> bool:
        """Whether it is what to ask first."""
        return self.name.startswith("first-")


class VisitForm(forms.Form):
    """A visit to one family. eyes, family, names: of the release; questions: what to ask first."""

    def __init__(
        self,
        data: Any = None,
        *,
        eyes: Eyes,
        on: date,
        pilar: str,
        family: Row,
        questions: list[Question],
        people: Mapping[str, str],
        seen: Seen | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.eyes, self.on, self.pilar, self.family = eyes, on, pilar, family
        self.questions, self.people = questions, people
        super().__init__(data, initial=_initial(seen or Seen()) | dict(initial or {}))
        self.unknown = False
        self._first: list[tuple[str, list[str]]] = []
        self._asked()
        self._sections()
        self._posted()

    def clean(self) -> dict[str, Any]:
        """A complete visit has seen something, and answers what decides."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name in [] if self.errors else list(unnumbered(self.seen())):
            self.add_error(name, say("web_visits.whole_number", self.eyes.language))
        if not self.errors and complete(cleaned.get(RESULT, "")):
            for words in lacks(self.seen(), self.questions, self.eyes.language):
                self.add_error(RESULT, words)
        return cleaned

    @property
    def viewer(self) -> Viewer:
        """Who fills it in."""
        return self.eyes.viewer

    def _add(self, name: str, column: Column, label: str = "") -> None:
        own = column.section == VISIT and column.name in (ON_DATE, RESULT)
        field = Fact(column, self.eyes.language, self.on, required=own)
        field.label = label or column.labels[self.eyes.language]
        field.error_messages["required"] = say("web_visits.wrong_missing", self.eyes.language)
        if column.name == ON_DATE:
            field.widget.attrs["max"] = self.on.isoformat()
        self.fields.setdefault(name, field)

    def _asked(self) -> None:
        for one in self.questions:
            names = [_name(one.person_id, column.name) for column in one.columns]
            words = one.words[self.eyes.language]
            for name, column in zip(names, one.columns, strict=True):
                self._add(name, column, words if len(names) == 1 else "")
            if not names:
                names = [f"t-{one.person_id}-{one.fact}"]
                self._tell(names[0], words)
            elif (PERSON if one.person_id else FAMILY, one.fact) in wanted().none:
                names.insert(0, f"n-{one.person_id}-{one.fact}")
                self._none(names[0], words)
            self._first.append((words if len(names) > 1 else "", names))

    def _tell(self, name: str, words: str) -> None:
        """A question that no column answers: what was said."""
        language = self.eyes.language
        pairs = [(code, code_label(YES_NO_UNKNOWN, code, language)) for code in TOLD]
        pairs.insert(0, ("", say("web_visits.not_asked", language)))
        field = forms.ChoiceField(choices=pairs, required=False, widget=Choice(pairs))
        field.label = words
        self.fields.setdefault(name, field)

    def _none(self, name: str, question: str) -> None:
        """One tick for a question of many columns: none of it."""
        words = say("web_visits.none_of_it", self.eyes.language, question=question)
        self.fields[name] = forms.BooleanField(required=False, label=words)

    def _sections(self) -> None:
        for section in wanted().form_of(self.pilar).sections:
            for column in writable(self.viewer, section):
                self._add(column.name, column)
            if section in pack().tables[FAMILY].sections:
                self.fields[f"s-{section}"] = forms.BooleanField(
                    required=False, label=say("web_visits.section_same", self.eyes.language)
                )

    def _posted(self) -> None:
        """Answers to questions that this release no longer asks: they were asked when the form was
        shown. Anything else was never on a form of ours."""
        for name in [one for one in self.data if one not in self.fields and self.data[one]]:
            found = PREFIX.fullmatch(name)
            if found is not None:
                self._posted_answer(name, found["kind"], found["person"], found["name"])
            elif (column := column_of(VISIT, name)) is not None:
                self._posted_column(column)
            elif name.startswith(("p-", "t-", "n-")):
                self.unknown = True

    def _posted_answer(self, name: str, kind: str, person: str, fact: str) -> None:
        column = column_of(PERSON, fact)
        if person and person not in self.people:
            self.unknown = True
        elif kind == "t" and fact in tellable():
            self._tell(name, fact)
        elif kind == "n" and (PERSON if person else FAMILY, fact) in wanted().none:
            self._none(name, fact)
        elif kind == "p" and person and column is not None and fact in answerable(PERSON):
            self._add(name, column)
        else:
            self.unknown = True

    def _posted_column(self, column: Column) -> None:
        without = {*wanted().left_out, *wanted().told}
        if column.name in answerable(VISIT) and column.name not in without:
            self._add(column.name, column)
        else:
            self.unknown = True

    def parts(self) -> Iterator[Part]:
        """What to ask first, then section by section; a field stands once."""
        shown: set[str] = set()
        yield from self._first_parts(shown)
        table = pack().tables[VISIT]
        for section in wanted().form_of(self.pilar).sections:
            names = [c.name for c in writable(self.viewer, section) if c.name not in shown]
            shown |= set(names)
            if not names:
                continue
            same = f"s-{section}"
            yield Part(
                name=section,
                label=table.sections[section][self.eyes.language],
                fields=tuple(self[name] for name in names),
                open=section in wanted().open or any(self[name].errors for name in names),
                recorded=self._recorded(names),
                same=self[same] if same in self.fields and self._recorded(names) else None,
            )

    def _first_parts(self, shown: set[str]) -> Iterator[Part]:
        """Of the family, then person by person."""
        by_person: dict[str, list[str]] = {}
        for question, (_, names) in zip(self.questions, self._first, strict=True):
            new = [name for name in names if name not in shown and name not in OWN]
            shown |= set(new)
            by_person.setdefault(question.person_id, []).extend(new)
        order = ["", *self.people]
        for person in sorted(by_person, key=lambda one: order.index(one) if one in order else 99):
            names = by_person[person]
            label = self.people.get(person, "") or say("web_visits.of_family", self.eyes.language)
            fields = tuple(self[name] for name in names)
            if fields:
                yield Part(
                    f"first-{person or 'family'}", label, fields, True, self._recorded(names)
                )

    def _recorded(self, names: list[str]) -> dict[str, str]:
        """What the register says of columns of the family that the viewer may read."""
        columns = pack().tables[FAMILY].columns
        found = {}
        for name in names:
            column = columns.get(name)
            if column is None or self.family.get(name) is None:
                continue
            shown = self.eyes.show("families", self.family, name, FAMILY)
            if shown.state == "known":
                found[name] = shown.text
        return found

    def hint_of(self, part: Part, field: forms.BoundField) -> str:
        """What is on record of it, in words."""
        said = part.recorded.get(field.name)
        return say("web_visits.recorded", self.eyes.language, value=said) if said else ""

    def seen(self) -> Seen:
        """What was seen, as it is kept; sections that are still the same hold what is recorded."""
        cleaned = self.cleaned_data
        visit = {
            name: cleaned[name]
            for name, field in self.fields.items()
            if isinstance(field, Fact) and "-" not in name and name not in OWN and cleaned[name]
        }
        for name in [n for n in self.fields if n.startswith("s-") and cleaned.get(n)]:
            visit = self._same(name.removeprefix("s-")) | visit
        people: dict[str, dict[str, str]] = {}
        told: dict[str, str] = {}
        for name in [n for n in self.fields if n.startswith(("p-", "t-")) and cleaned.get(n)]:
            kind, person, what = name.split("-", 2)
            if kind == "p":
                people.setdefault(person, {})[what] = cleaned[name]
            else:
                told[told_key(person, what)] = cleaned[name]
        for name in [n for n in self.fields if n.startswith("n-") and cleaned.get(n)]:
            _, person, fact = name.split("-", 2)
            held = people.setdefault(person, {}) if person else visit
            held |= {k: v for k, v in _none_of(person, fact).items() if k not in held}
        return Seen(visit, people, told)

    def _same(self, section: str) -> dict[str, str]:
        """The recorded values of a section, as seen again."""
        columns = [c for c in writable(self.viewer, section) if self.family.get(c.name) is not None]
        return {c.name: values.kept(c, self.family[c.name]) for c in columns}


def writable(viewer: Viewer, section: str) -> list[Column]:
    """The columns of a section that a visit of this viewer records, in the order of the schema."""
    without = {*wanted().left_out, *wanted().told}
    return [
        column
        for column in pack().tables[VISIT].columns.values()
        if column.section == section
        and not column.reference
        and not column.register
        and column.name not in without
        and may_write(viewer, column)
    ]


def _ticked(tick: str, name: str) -> bool:
    """Whether a field is one of those that a tick answers together."""
    _, person, fact = tick.split("-", 2)
    return name in {_name(person, one.name) for one in columns_of(person, fact)}


def _none_of(person_id: str, fact: str) -> dict[str, str]:
    """What "none of it" says: in each column that knows the code, the code."""
    code = wanted().none[PERSON if person_id else FAMILY, fact]
    columns = columns_of(person_id, fact)
    return {one.name: code for one in columns if one.codes is not None and code in one.codes}


def _name(person_id: str, column: str) -> str:
    return f"p-{person_id}-{column}" if person_id else column


def _initial(seen: Seen) -> dict[str, Any]:
    """What was seen before, as the fields of the form."""
    found: dict[str, Any] = dict(seen.visit)
    for person, kept in seen.people.items():
        found |= {_name(person, name): value for name, value in kept.items()}
    for key, value in seen.told.items():
        person, _, fact = key.partition("/")
        found[f"t-{person}-{fact}"] = value
    return found
