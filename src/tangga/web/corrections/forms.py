"""The form of a proposal, made from the schema: what its sort asks, reason, paper and evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from tangga.registry.model import Column
from tangga.texts import say
from tangga.web.corrections import fitting, written
from tangga.web.corrections.believed import Family
from tangga.web.corrections.proof import brought, file_input
from tangga.web.corrections.said import Change, Said
from tangga.web.corrections.sorts import FAMILY, PERSON, Sort, book
from tangga.web.family.eyes import Shown
from tangga.web.pack import pack
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.widgets import DayInput

NUMBER = re.compile(r"\d(?:[ .-]?\d){7,}")
"""So many digits are a number of somebody: it belongs into its own field, not among words."""
SHORTEST_REASON = 10
LONGEST_REASON = 1000
OLDEST = date(1895, 1, 1)
REASONS = "removal_reason"
CARD = "kk"
NIK = "nik"
STATE = "registration_state"
VILLAGE = "village"


@dataclass(frozen=True)
class About:
    """Whom a proposal is about. section: of the schema, of what is asked about a value; people: how
    many new people the form has room for; names: what the members are called."""

    sort: Sort
    family: Family | None = None
    person_id: str = ""
    section: str = ""
    people: int = 1
    names: Mapping[str, str] | None = None
    payees: tuple[str, ...] = ()
    records: tuple[tuple[str, str], ...] = ()
    whom_said: bool = False

    @property
    def ready(self) -> bool:
        """Whether it is known whom the form is about, and of values which section."""
        if "value" in self.sort.asks:
            return self.whom_said and bool(self.section)
        return self.sort.about != PERSON or bool(self.person_id)

    @property
    def entity(self) -> str:
        """person or family."""
        return PERSON if self.person_id else FAMILY

    @property
    def entity_id(self) -> str:
        """Id of that."""
        return self.person_id or (self.family.id if self.family else "")


class ProposalForm(forms.Form):
    """Fields are added as the sort asks them; `parts` says how they stand on the page."""

    def __init__(self, about: About, viewer: Viewer, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.about, self.viewer, self.language = about, viewer, viewer.language
        self.values: dict[str, Column] = {}
        self.now: dict[str, Shown] = {}
        self.parts: list[tuple[str, list[str]]] = []
        for ask in about.sort.asks:
            getattr(self, f"_ask_{ask}")()
        if about.sort.records:
            self._ask_records()
        self._ask_why()

    def shown_parts(self) -> Iterator[dict[str, Any]]:
        """Each part of the form: title, bound fields, and what stands now beside each."""
        for title, names in self.parts:
            yield {
                "title": title,
                "fields": [(self[name], self.now.get(name)) for name in names],
            }

    def listed_people(self) -> list[str]:
        """Members of the family as a list offers them, where another person is asked for."""
        if "person" not in self.about.sort.asks:
            return []
        return [f"{name} – {id_}" for id_, name in self._people()]

    # --- what can be asked ------------------------------------------------------------------------

    def _ask_value(self) -> None:
        """Each column of a section: left empty where it is right as it stands."""
        for name, column in columns_of(self.about, self.viewer):
            field = written.field_of(column, self.language)
            key = f"v_{name}"
            self.fields[key] = field
            self.values[key] = column
        self._part("", list(self.values))
        on_record = [
            (name, column.labels[self.language])
            for name, column in columns_of(self.about, self.viewer)
            if self.about.family and self.about.family.text(self.about.entity_id, name) is not None
        ]
        if on_record:
            self.fields["unknown"] = forms.MultipleChoiceField(
                choices=on_record, required=False, widget=forms.CheckboxSelectMultiple
            )
            self._part("unknown", ["unknown"])

    def _ask_people(self) -> None:
        for number in range(self.about.people):
            names = []
            for column in book().people:
                key = f"p{number}_{column.name}"
                needed = number == 0 and column.name in book().required
                self.fields[key] = written.field_of(column, self.language, required=needed)
                names.append(key)
            self._part("person_n", names, n=number + 1)
        if self.about.family is None:
            shared = [f"s_{column.name}" for column in book().shared]
            for column in book().shared:
                self.fields[f"s_{column.name}"] = written.field_of(column, self.language)
            self.fields["village"] = forms.ChoiceField(choices=self._villages())
            self._part("where", ["village", *shared])

    def _ask_date(self) -> None:
        self._add("on", _day())

    def _ask_members(self) -> None:
        field = forms.MultipleChoiceField(
            choices=self._people(), widget=forms.CheckboxSelectMultiple
        )
        self._add("members", field)

    def _ask_head(self) -> None:
        self._add("head", forms.ChoiceField(choices=[("", "–"), *self._people()]))

    def _ask_to_area(self) -> None:
        self._add("to_area", written.AreaField(language=self.language))

    def _ask_from_area(self) -> None:
        self._add("from_area", written.AreaField(language=self.language))

    def _ask_card(self) -> None:
        column = pack().tables[PERSON].columns[CARD]
        made = written.field_of(column, self.language, required=True)
        made.label = None  # it is the new one
        self._add("card", made)

    def _ask_person(self) -> None:
        listed = forms.TextInput({"list": "people"})
        self._add("person", forms.CharField(max_length=120, widget=listed))

    def _ask_family(self) -> None:
        self._add("family", forms.CharField(max_length=40))

    def _ask_payee(self) -> None:
        """Who receives in future: asked of a death only where the dead person receives."""
        if not self.about.payees:
            return
        listed = [(one, name) for one, name in self._people() if one in self.about.payees]
        self._add("payee", forms.ChoiceField(choices=[("", "–"), *listed]))

    def _ask_reason(self) -> None:
        codes = pack().codes[REASONS]
        listed = [(code, codes.label(code, self.language)) for code in codes.codes]
        self._add("why_not", forms.ChoiceField(choices=[("", "–"), *listed]))

    def _ask_records(self) -> None:
        field = forms.MultipleChoiceField(
            choices=self.about.records, widget=forms.CheckboxSelectMultiple
        )
        self._add("records", field)

    def _ask_why(self) -> None:
        said = forms.CharField(
            min_length=SHORTEST_REASON,
            max_length=LONGEST_REASON,
            widget=forms.Textarea({"rows": 3}),
        )
        names = []
        if "date" not in self.about.sort.asks:
            self.fields["on"] = _day(required=False)
            names.append("on")
        more = {
            "reason": said,
            "document": forms.CharField(max_length=200, required=False),
        }
        self.fields.update(more)
        self._part("why", [*names, *more])
        proof = {
            "photo": forms.FileField(required=False, widget=file_input("image/*")),
            "paper": forms.FileField(required=False, widget=file_input("application/pdf,image/*")),
            "taken_on": _day(required=False),
            "place": forms.CharField(max_length=60, required=False),
        }
        self.fields.update(proof)
        self._part("proof", list(proof))

    def _add(self, name: str, field: forms.Field) -> None:
        self.fields[name] = field
        self._part("", [name])

    def _part(self, title: str, names: list[str], **values: object) -> None:
        said = say(f"web_corrections.part_{title}", self.language, **values) if title else ""
        for name in names:
            field = self.fields[name]
            if field.label is None:
                event = "_event" if name == "on" and field.required else ""
                field.label = say(f"web_corrections.field_{name}{event}", self.language)
                if not event:
                    field.help_text = say(f"web_corrections.field_{name}_help", self.language)
        if not title and self.parts and not self.parts[-1][0]:
            self.parts[-1][1].extend(names)
        else:
            self.parts.append((said, names))

    def _people(self) -> list[tuple[str, str]]:
        assert self.about.family is not None
        names = self.about.names or {}
        ids = [row["person_id"] for row in self.about.family.living]
        return [(one, names.get(one, one)) for one in ids if one != self.about.person_id]

    def _villages(self) -> list[tuple[str, str]]:
        from tangga.web.pack import area_name, areas

        inside = areas().under(self.viewer.area or "", "village") if self.viewer.area else []
        return [(code, f"{area_name(code)}, {area_name(code[:6])}") for code in inside]

    # --- what was said ----------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        """Everything together; `said` is what the proposal keeps."""
        cleaned: dict[str, Any] = super().clean() or {}
        self._clean_words(cleaned)
        fitting.tidy(self, cleaned)
        changes = tuple(self._changes(cleaned))
        if "value" in self.about.sort.asks and not changes and not self.errors:
            self.add_error(None, say("web_corrections.nothing_changed", self.language))
        people = tuple(self._new_people(cleaned))
        words = {
            name: str(cleaned[name])
            for name in ("head", "to_area", "from_area", "family", "person", "payee", "why_not")
            if cleaned.get(name)
        }
        words |= {"card": self._card(cleaned)} if cleaned.get("card") else {}
        words |= {VILLAGE: cleaned["village"]} if cleaned.get("village") else {}
        ids = tuple(cleaned.get("members") or cleaned.get("records") or ())
        fitting.check(self, cleaned)
        cleaned["said"] = Said(changes, people, words, ids)
        cleaned["on"] = cleaned.get("on") or today()
        return cleaned

    def _clean_words(self, cleaned: dict[str, Any]) -> None:
        for name in ("reason", "document"):
            text = written.plain(cleaned.get(name) or "")
            if name == "reason" and NUMBER.search(text):
                self.add_error(name, say("web_corrections.reason_number", self.language))
            if name == "reason" and text and len(set(text)) < SHORTEST_REASON // 2:
                self.add_error(name, say("web_corrections.reason_empty", self.language))
            cleaned[name] = text
        if self.about.sort.evidence and not self.errors and not any(brought(cleaned)):
            self.add_error("photo", say("web_corrections.no_evidence", self.language))

    def _changes(self, cleaned: Mapping[str, Any]) -> Iterator[Change]:
        assert self.about.family is not None or not self.values
        for key, column in self.values.items():
            after = self._value(key, column, cleaned)
            wrong = column.name in (cleaned.get("unknown") or ())
            if (after is None and not wrong) or self.about.family is None:
                continue
            before = self.about.family.text(self.about.entity_id, column.name)
            if before != after:
                about = self.about
                yield Change(about.entity, about.entity_id, column.name, before, after)

    def _new_people(self, cleaned: Mapping[str, Any]) -> Iterator[dict[str, str]]:
        if "people" not in self.about.sort.asks:
            return
        shared = self._shared(cleaned)
        for number in range(self.about.people):
            person = {
                column.name: text
                for column in book().people
                if (text := self._value(f"p{number}_{column.name}", column, cleaned)) is not None
            }
            if not person:
                continue
            for name in sorted(book().required - set(person)):
                self._wrong(f"p{number}_{name}", "missing")
            if NIK not in person:
                person.setdefault(STATE, book().without_number)
            yield {**shared, **person}
        if not any(cleaned.get(f"p{n}_name") for n in range(self.about.people)):
            self._wrong("p0_name", "missing")

    def _shared(self, cleaned: Mapping[str, Any]) -> dict[str, str]:
        if self.about.family is not None:
            return {}
        found = {
            column.name: text
            for column in book().shared
            if (text := self._value(f"s_{column.name}", column, cleaned)) is not None
        }
        return {**found, VILLAGE: cleaned.get("village", "")}

    def _card(self, cleaned: Mapping[str, Any]) -> str:
        column = pack().tables[PERSON].columns[CARD]
        return self._value("card", column, cleaned) or ""

    def _value(self, key: str, column: Column, cleaned: Mapping[str, Any]) -> str | None:
        try:
            return written.value_of(column, cleaned.get(key))
        except forms.ValidationError as problem:
            self._wrong(key, str(problem.message))
            return None

    def _wrong(self, key: str, problem: str) -> None:
        if key in self.fields:
            self.add_error(key, written.wrong(problem, self.language))


def columns_of(about: About, viewer: Viewer) -> Iterable[tuple[str, Column]]:
    """Columns of the section that the viewer may know of, and so propose."""
    found = book().correctable(about.entity).items()
    return [
        (name, column)
        for name, column in found
        if column.section == about.section and viewer.sight(column.privacy) != "hidden"
    ]


def sections_of(entity: str, viewer: Viewer) -> list[tuple[str, str]]:
    """(name, label) of each section in which the viewer can propose something."""
    labels = pack().tables[entity].sections
    held = {
        column.section
        for column in book().correctable(entity).values()
        if viewer.sight(column.privacy) != "hidden"
    }
    return [(name, labels[name][viewer.language]) for name in labels if name in held]


def _day(*, required: bool = True) -> forms.DateField:
    return forms.DateField(
        required=required,
        widget=DayInput({"max": str(today()), "min": str(OLDEST)}),
        validators=[_not_in_future],
    )


def _not_in_future(day: date) -> None:
    if not OLDEST <= day <= today():
        raise forms.ValidationError(say("web_corrections.day_range", "id"))
