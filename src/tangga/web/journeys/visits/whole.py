"""When a visit is complete: something was seen at it, and what decides was answered.

A complete visit closes a review and counts as an observation, so an empty one is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tangga.texts import LANGUAGES, Language, say
from tangga.web.database.rows import value
from tangga.web.journeys.visits.asked import Question, may_write
from tangga.web.journeys.visits.facts import VISIT, Seen, column_of
from tangga.web.journeys.visits.wanted import wanted
from tangga.web.pack import pack
from tangga.web.policy.book import book
from tangga.web.today import today
from tangga.web.viewer import Viewer

FELL = """
SELECT EXISTS (SELECT FROM moves AS m WHERE m.family_id = %(id)s AND m.person_id IS NULL
               AND m.move = ANY(%(moves)s))
    OR EXISTS (SELECT FROM public.work_item AS w WHERE w.family_id = %(id)s
               AND w.kind = ANY(%(kinds)s) AND w.closed_on IS NULL)
"""


def complete(result: str) -> bool:
    """Whether a result says that the visit was a complete one."""
    return result in book().policy.on(today()).clock.says["complete_visit"]


def to_be_seen(family_id: str, viewer: Viewer) -> list[Question]:
    """What a complete visit has to see of a family that fell, be it asked by the release or not."""
    said = wanted().whole
    asked = {"id": family_id, "moves": list(said.moves), "kinds": list(said.kinds)}
    if not said.decides or not value(FELL, asked):
        return []
    found = ((name, column_of(VISIT, name)) for name in said.decides)
    return [
        Question("", name, {one: column.labels[one] for one in LANGUAGES}, (column,))
        for name, column in found
        if column is not None and may_write(viewer, column)
    ]


def with_what_decides(family_id: str, asked: list[Question], viewer: Viewer) -> list[Question]:
    """The questions of a form, with those that a family which fell is asked in any case."""
    known = {column.name for one in asked if not one.person_id for column in one.columns}
    more = [one for one in to_be_seen(family_id, viewer) if one.columns[0].name not in known]
    return [*more, *asked]


def lacks(seen: Seen, asked: Iterable[Question], language: Language) -> list[str]:
    """What a complete visit does not say although it decides, in words; nothing seen at all is
    said once."""
    return [*_unanswered(seen, asked, language)] or _empty(seen, language)


def unnumbered(seen: Seen) -> Iterator[str]:
    """Columns for the number of a paper in which no number stands."""
    for name in wanted().whole.numbers:
        if name in seen.visit and not any(sign.isdigit() for sign in seen.visit[name]):
            yield name


def _unanswered(seen: Seen, asked: Iterable[Question], language: Language) -> Iterator[str]:
    decides = set(wanted().whole.decides)
    for one in asked:
        names = {column.name for column in one.columns}
        if not one.person_id and names & decides and not names & set(seen.visit):
            yield say("web_visits.whole_decides", language, question=one.words[language])


def _empty(seen: Seen, language: Language) -> list[str]:
    """A number of a paper, a signature or a note alone is no finding."""
    papers = set(wanted().whole.papers)
    if seen.people or seen.told or set(seen.visit) - papers:
        return []
    columns = pack().tables[VISIT].columns
    named = [columns[name].labels[language] for name in wanted().whole.for_example]
    return [say("web_visits.whole_empty", language, what=", ".join(named))]


def known_of(sheet: Iterable[Sequence[str]], family_id: str, viewer: Viewer) -> list[Question]:
    """The questions of a workbook that decide, of one family."""
    found = to_be_seen(family_id, viewer)
    named = {column.name for one in found for column in one.columns}
    for family, person, fact, name, *_ in sheet:
        column = column_of(VISIT, name)
        if family == family_id and not person and column is not None and name not in named:
            found.append(Question("", fact, column.labels, (column,)))
    return found
