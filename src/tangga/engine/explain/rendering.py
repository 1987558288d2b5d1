"""An explanation as lines of text: Indonesian, and below it the same in English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tangga.engine.explain.data import (
    Attached,
    Explanation,
    Field,
    Happening,
    Link,
    Record,
    Said,
    Time,
)
from tangga.engine.explain.rendering_decided import decided
from tangga.engine.explain.rendering_ranked import ranked
from tangga.engine.explain.words import Words, day, joined, words
from tangga.texts import Language


@dataclass(frozen=True)
class Line:
    """One line. kind: title, heading, item, text, or second (the same in the next language)."""

    kind: str
    text: str


class Page:
    """Lines in the making."""

    def __init__(self, languages: Sequence[Language]) -> None:
        self.languages = languages
        self.lines: list[Line] = []

    def add(self, kind: str, text: str, depth: int = 0) -> None:
        """One line as it is."""
        self.lines.append(Line(kind, "  " * depth + text))

    def say(self, said: Words, depth: int, mark: str = "") -> None:
        """A sentence in each language, one below the other; once where they are the same."""
        texts = list(dict.fromkeys(said.in_(language) for language in self.languages))
        for place, text in enumerate(texts):
            before = " " * len(mark) if place else mark
            self.add("second" if place else "text", before + text, depth)

    def brief(self, said: Words) -> str:
        """A word or two in each language, side by side."""
        return " / ".join(dict.fromkeys(said.in_(language) for language in self.languages))

    def heading(self, name: str) -> None:
        """The heading of a section, after a blank line."""
        self.add("text", "")
        self.add("heading", self.brief(words(name)))


def lines(explanation: Explanation, languages: Sequence[Language]) -> list[Line]:
    """The whole explanation."""
    page = Page(languages)
    page.add("title", f"{explanation.id}  {explanation.title}  ({page.brief(explanation.status)})")
    for note in explanation.notes:
        page.say(note, 1)
    ranked(page, explanation.rank)
    decided(page, explanation)
    _records(page, explanation.records)
    _links(page, "links", explanation.links)
    _links(page, "others", explanation.others)
    _fields(page, explanation.fields)
    _registry(page, explanation)
    _times(page, explanation)
    _events(page, explanation.events)
    _words(page, "lists", explanation.lists)
    _attached(page, explanation.attached)
    return page.lines


def _records(page: Page, records: Sequence[Record]) -> None:
    if records:
        page.heading("records")
    for r in records:
        at = page.brief(words("at", file=r.file, line=str(r.line)))
        marks = [page.brief(words(f"record_{m}")) for m in _marks(r)]
        page.add("item", "  ".join([f"{r.source}:{r.source_id}", day(r.as_of), at, *marks]), 1)
        page.add("text", " · ".join(r.said.values()), 2)
        for problem in r.problems:
            page.say(problem, 2, "! ")


def _marks(record: Record) -> Iterator[str]:
    if record.role == "base":
        yield "base"
    if record.kind == "civil_registry":
        yield "civil_registry"
    if not record.latest:
        yield "superseded"


def _links(page: Page, name: str, links: Sequence[Link]) -> None:
    if links:
        page.heading(name)
    for link in links:
        ends = [f"{end.source}:{end.source_id}" for end in (link.left, link.right)]
        sign = {"link": "=", "review": "?", "reject": "≠"}.get(link.decision, link.decision)
        page.add("item", f"{ends[0]}  {sign}  {ends[1]}", 1)
        if name == "others":
            names = [f"{end.name or '-'} ({end.person_id})" for end in (link.left, link.right)]
            page.add("text", f"{names[0]}  {sign}  {names[1]}", 2)
        for said in link.words:
            page.say(said, 2)
        for evidence in link.evidence:
            page.say(evidence.words, 2, "- ")
            if evidence.left != evidence.right and evidence.level != "unknown":
                page.add("text", f"  {evidence.left or '-'}  |  {evidence.right or '-'}", 2)


def _fields(page: Page, fields: Sequence[Field]) -> None:
    if fields:
        page.heading("values")
    for field in fields:
        values = dict.fromkeys(said.value for said in field.said)
        for place, value in enumerate(values):
            same = [said for said in field.said if said.value == value]
            rule = field.rule if not place else words("lost")
            label = page.brief(field.label) + ": " if not place else ""
            text = f"{label}{_value(page, same[0])}  [{page.brief(rule)}]"
            page.add("text" if place else "item", text, 2 if place else 1)
            page.add("second", _where(same), 3)


def _value(page: Page, said: Said) -> str:
    return f"{said.value} ({page.brief(said.meaning)})" if said.meaning else said.value


def _where(said: Iterable[Said]) -> str:
    return ", ".join(
        f"{s.source}:{s.source_id} {day(s.as_of)}" if s.source else s.source_id for s in said
    )


def _registry(page: Page, explanation: Explanation) -> None:
    found = explanation.registry
    if found is None:
        return
    page.heading("civil")
    page.say(found.words, 1)
    if found.source:
        page.add("text", f"{found.source}:{found.source_id}", 1)
    if found.differences:
        page.say(words("civil_differ", fields=joined(found.differences)), 1)


def _times(page: Page, explanation: Explanation) -> None:
    if explanation.entity == "person":
        page.heading("memberships")
        if not explanation.memberships:
            page.say(words("no_family"), 1)
        for time in explanation.memberships:
            page.add("item", f"{time.family_id}  {_time(page, time)}", 1)
    if explanation.members:
        page.heading("members")
    people = dict.fromkeys(time.person_id for time in explanation.members)
    for person in people:
        times = [time for time in explanation.members if time.person_id == person]
        page.add(
            "item", f"{person}  {times[0].name or '-'}{_in_short(page, explanation, times)}", 1
        )
        for time in times if explanation.entity == "family" else ():
            page.add("text", _time(page, time), 2)


def _in_short(page: Page, explanation: Explanation, times: Sequence[Time]) -> str:
    """A member of a person's family on one line: the relation, and whether that is over."""
    if explanation.entity == "family":
        return ""
    relation = next((time.relation for time in times if time.relation), None)
    parts = [page.brief(relation)] if relation else []
    parts += [] if any(time.valid_to is None for time in times) else [page.brief(words("past"))]
    return "".join(f"  {part}" for part in parts)


def _time(page: Page, time: Time) -> str:
    parts = [f"{day(time.valid_from)} .. {day(time.valid_to) if time.valid_to else ''}".rstrip()]
    parts.append(page.brief(time.kind_words))
    parts += [page.brief(time.relation)] if time.relation else []
    parts += [f"KK {time.kk}"] if time.kk else []
    parts += [page.brief(words("programme"))] if time.programme else []
    return "  ".join(parts)


def _events(page: Page, events: Sequence[Happening]) -> None:
    if events:
        page.heading("events")
    for event in events:
        at = f"{event.source}:{event.source_id}"
        page.add("item", f"{day(event.on_date)}  {page.brief(event.label)}  {at}", 1)
        page.say(event.words, 2)
        if event.details:
            page.add("text", ", ".join(f"{c} {v}" for c, v in event.details.items()), 2)


def _words(page: Page, name: str, said: Sequence[Words]) -> None:
    if said:
        page.heading(name)
    for sentence in said:
        page.say(sentence, 1, "- ")


def _attached(page: Page, attached: Sequence[Attached]) -> None:
    if attached:
        page.heading("attached")
    for kind in attached:
        page.add("text", f"{page.brief(kind.label)}: {kind.rows}", 1)
