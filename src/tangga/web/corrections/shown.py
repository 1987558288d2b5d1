"""A proposal as one viewer may see it: both values of each change, new people, words, evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse

from tangga.registry.model import Column
from tangga.texts import Language, say
from tangga.web.corrections import conflicts
from tangga.web.corrections.believed import NEW, Family, family
from tangga.web.corrections.models import Proposal
from tangga.web.corrections.said import Change, Said, opened
from tangga.web.corrections.sorts import FAMILY, PERSON, Sort, book
from tangga.web.corrections.written import typed
from tangga.web.database.rows import rows
from tangga.web.family.classes import classes
from tangga.web.family.eyes import Eyes, Shown
from tangga.web.overlay.models import Value
from tangga.web.overlay.read import open_rows, text_of
from tangga.web.pack import area_name, code_label, pack
from tangga.web.viewer import Viewer

NAMES = "SELECT person_id, name FROM persons WHERE person_id = ANY(%s)"
HEADS = """
SELECT f.family_id, p.name FROM families AS f JOIN persons AS p ON p.person_id = f.head_person_id
WHERE f.family_id = ANY(%s)
"""
IDENTITY = "identity"
NAME = "name"
AREAS = ("to_area", "from_area", "village")
PEOPLE_WORDS = ("payee", "head", "person")
FIELDS = "web_corrections.field_{}"


def eyes_of(viewer: Viewer, release: Mapping[str, Any]) -> Eyes:
    """The viewer before the release in force."""
    return Eyes(viewer, classes(release["number"]), viewer.language)


def word(eyes: Eyes, text: str | None, column: Column) -> Shown:
    """A written value in words, as far as the viewer may see its column."""
    return eyes.shown(column.privacy, typed(text, column), column)


@dataclass(frozen=True)
class Row:
    """One value: whose, what it is called, what stood there and what is proposed; now: what stands
    there today, where that is neither."""

    whose: str
    label: str
    before: Shown
    after: Shown
    now: Shown | None = None


@dataclass(frozen=True)
class View:
    """One proposal before one viewer."""

    proposal: Proposal
    eyes: Eyes

    @property
    def sort(self) -> Sort:
        """Of `corrections.toml`."""
        return book().sorts[self.proposal.sort]

    @property
    def language(self) -> Language:
        """Of the viewer."""
        return self.eyes.language

    @property
    def title(self) -> str:
        """What it is."""
        return self.sort.label(self.language)

    @cached_property
    def said(self) -> Said:
        """What its form held."""
        return opened(self.proposal.said)

    @cached_property
    def family(self) -> Family | None:
        """The family it is about, as it is now; None for one that is not in the register."""
        id_ = self.proposal.item.family_id
        return family(id_, self.eyes.viewer) if id_ else None

    @cached_property
    def names(self) -> dict[str, str]:
        """What people are called, as the viewer may see them."""
        asked = [self.proposal.item.person_id, *self.said.ids]
        asked += [self.said.words[one] for one in PEOPLE_WORDS if self.said.words.get(one)]
        asked += [one.entity_id for one in self.said.changes if one.entity == PERSON]
        return names_of(self.eyes, asked)

    @property
    def person(self) -> str:
        """Whom it is about, where it is one person."""
        return self.names.get(self.proposal.item.person_id, "")

    @cached_property
    def rows(self) -> list[Row]:
        """Each value with what stood there and what is proposed."""
        return [self._row(one) for one in self.said.changes]

    def _row(self, one: Change, now: Shown | None = None) -> Row:
        column = pack().tables[one.entity].columns[one.field]
        whose = self.names.get(one.entity_id, "") if one.entity == PERSON else ""
        before, after = (word(self.eyes, text, column) for text in (one.before, one.after))
        label = column.labels[self.language]
        if self.eyes.viewer.sight(column.privacy) == "hidden":
            label = say("web_corrections.hidden_value", self.language)
        return Row(whose, label, before, after, now)

    @cached_property
    def rows_now(self) -> list[Row]:
        """The same with what stands there today, where that is neither of the two."""
        found = self.family
        if found is None or not self.undecided:
            return self.rows
        changed = conflicts.moved(self.said.changes, found)
        return [
            self._row(one, self._now(one, found) if one in changed else None)
            for one in self.said.changes
        ]

    def _now(self, one: Change, found: Family) -> Shown:
        column = pack().tables[one.entity].columns[one.field]
        return word(self.eyes, found.text(one.entity_id, one.field), column)

    @property
    def undecided(self) -> bool:
        """Whether it does not hold yet, and still may."""
        return self.proposal.item.state in conflicts.undecided(self.proposal.item.kind)

    @cached_property
    def people(self) -> list[list[tuple[str, Shown]]]:
        """New people: what is said of each alone, in the order of the form."""
        return [self._told(person, book().people) for person in self.said.people]

    @cached_property
    def shared(self) -> list[tuple[str, Shown]]:
        """What is said of all new people: their card, and where they live."""
        return self._told(self.said.people[0], book().shared) if self.said.people else []

    def _told(
        self, person: Mapping[str, str], columns: Iterable[Column]
    ) -> list[tuple[str, Shown]]:
        return [
            (column.labels[self.language], word(self.eyes, person[column.name], column))
            for column in columns
            if column.name in person
        ]

    @cached_property
    def words(self) -> list[tuple[str, str]]:
        """What else the form asked."""
        return list(self._words())

    def _words(self) -> Iterator[tuple[str, str]]:
        if self.said.ids and not self.sort.records:
            names = [self.names.get(one, say("web.hidden", self.language)) for one in self.said.ids]
            yield self._label("members"), "; ".join(names)
        if self.sort.records:
            listed = ", ".join(sorted(one.partition("|")[0] for one in self.said.ids))
            yield self._label("records"), listed
        for name, text in self.said.words.items():
            yield self._label(name), self._word(name, text)

    def _label(self, name: str) -> str:
        return say(FIELDS.format(name), self.language)

    def _word(self, name: str, text: str) -> str:
        if name in AREAS:
            return area_name(text, self.language)
        if name in PEOPLE_WORDS:
            return self.names.get(text, say("web_family.elsewhere", self.language))
        if name == "why_not":
            return code_label("removal_reason", text, self.language)
        if name == "card":
            column = pack().tables[PERSON].columns["kk"]
            return word(self.eyes, text, column).text
        return text

    @cached_property
    def conflicts(self) -> list[View]:
        """Other undecided proposals on the same thing."""
        if not self.undecided:
            return []
        return [View(one, self.eyes) for one in conflicts.others(self.proposal, self.sort)]

    @property
    def url(self) -> str:
        """Its page."""
        return str(reverse("proposal", args=[self.proposal.pk]))

    @property
    def summary(self) -> str:
        """In one line: what would change, as far as the viewer may see it."""
        parts = [f"{row.label}: {row.before.text} → {row.after.text}" for row in self.rows]
        parts += [str(person[0][1].text) for person in self.people if person]
        parts += [f"{label}: {text}" for label, text in self.words]
        return "; ".join(parts)


def names_of(eyes: Eyes, ids: Iterable[str]) -> dict[str, str]:
    """person_id -> name as the viewer may see it; those they do not see are left out."""
    column = pack().tables[PERSON].columns[NAME]
    wanted = [one for one in ids if one]
    found = {row["person_id"]: row["name"] for row in rows(NAMES, [wanted])}
    fresh = [one for one in wanted if one.startswith(NEW)]
    if fresh:
        named = open_rows(Value).filter(entity_id__in=fresh, field=NAME).order_by("at")
        found |= {one.entity_id: text_of(one) for one in named}
    return {id_: eyes.shown(IDENTITY, name, column).text for id_, name in found.items()}


def heads_of(eyes: Eyes, families: Iterable[str]) -> dict[str, str]:
    """family_id -> its head's name as the viewer may see it."""
    column = pack().tables[PERSON].columns[NAME]
    found = rows(HEADS, [[one for one in families if one]])
    return {row["family_id"]: eyes.shown(IDENTITY, row["name"], column).text for row in found}


def entity_label(entity: str, language: Language) -> str:
    """person or family in words."""
    return pack().tables[FAMILY if entity == FAMILY else PERSON].labels[language]
