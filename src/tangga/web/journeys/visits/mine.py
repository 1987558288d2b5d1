"""*Keluarga saya*: whom a worker visits, in which order, why, and what to ask first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tangga.texts import say
from tangga.web.database.rows import rows
from tangga.web.family.classes import Classes, classes
from tangga.web.journeys.care.signals import visit_by
from tangga.web.journeys.climb import follow
from tangga.web.journeys.visits import queries
from tangga.web.journeys.visits.asked import Question, answered, questions
from tangga.web.journeys.visits.facts import Seen, seen_of
from tangga.web.journeys.visits.pilar import pilar_of, settings_of
from tangga.web.journeys.visits.struck import Blow, blows
from tangga.web.journeys.visits.wanted import wanted
from tangga.web.lists.release import Held
from tangga.web.lists.workers import told
from tangga.web.pack import area_name
from tangga.web.policy.book import book
from tangga.web.today import today
from tangga.web.viewer import Viewer

MOST = 1000
"""Families of one worker; more than three times what one can carry."""
MOST_OTHERS = 200
"""Families of an area whom nobody has, of those who work by area."""
Row = dict[str, Any]


@dataclass
class Card:
    """One family to visit. planned: the day of the worker's own open plan, with its visit's id;
    seen: visits since the release, the newest last."""

    row: Row
    band: str = "rest"
    planned_on: date | None = None
    plan: str = ""
    revisit_by: date | None = None
    blow: Blow | None = None
    mine: bool = True
    visits: list[Row] = field(default_factory=list)
    asked: list[Question] = field(default_factory=list)
    open_questions: int = 0

    @property
    def id(self) -> str:
        """The family's."""
        return str(self.row["family_id"])

    @property
    def last(self) -> date | None:
        """The day somebody was there last, as far as anybody told."""
        days = [one["on_date"] for one in self.visits if one["on_date"]]
        return max(
            [*days, *([self.row["last_seen"]] if self.row["last_seen"] else [])], default=None
        )

    @property
    def waits_for_blow(self) -> bool:
        """Whether something struck the family and nobody came since."""
        if self.blow is None:
            return False
        return not any(one["on_date"] and one["on_date"] >= self.blow.on for one in self.visits)

    @property
    def version(self) -> int:
        """Of all that is recorded of its visits here: a number that only grows."""
        return sum(one["version"] for one in self.visits)

    def place(self, language: Any) -> str:
        """Address, RT, RW and village, as far as they are known."""
        row = self.row
        parts = [row["address"], row["rt"] and f"RT {row['rt']}", row["rw"] and f"RW {row['rw']}"]
        return ", ".join([*filter(None, parts), area_name(row["area"], language)])


def families(viewer: Viewer, release: Held) -> list[Card]:
    """All families of a worker in the order of their visits; one list of the whole."""
    found = _gathered(viewer, release)
    _since(found, viewer)
    for card in found.values():
        if card.waits_for_blow and card.blow is not None and card.blow.by is not None:
            row = card.row
            row["visit_deadline"] = min(card.blow.by, row["visit_deadline"] or card.blow.by)
    _questions(found, viewer, classes(release.number))
    for id_, day in [*visit_by(found).items(), *follow.visit_by(found).items()]:
        # A check of running support could not tell, or it graduated: it waits for a visit, too.
        row = found[id_].row
        row["visit_deadline"] = min(day, row["visit_deadline"] or day)
    for card in found.values():
        card.band = band(card, today())
    return sorted(found.values(), key=_place_in_order)


def _gathered(viewer: Viewer, release: Held) -> dict[str, Card]:
    """By id: those who are the worker's, whom they planned, who were drawn, and whom nobody has."""
    parts = {
        "last": queries.LAST if release.has("visits", "on_date") else queries.NO_LAST,
        "address": queries.ADDRESS if release.has("families", "address") else queries.NO_ADDRESS,
    }
    found: dict[str, Card] = {}
    if viewer.worker and told(release):
        own = rows(queries.MINE.format(**parts), {"worker": viewer.worker, "most": MOST})
        found = {row["family_id"]: Card(row) for row in own}
    drawn = {row["family_id"]: row["again_by"] for row in _drawn(viewer, release)}
    struck = [id_ for id_, blow in blows(viewer, ()).items() if blow.own]
    others = [*_planned(viewer), *struck, *_cases(viewer, release), *drawn]
    others += _nobodys(viewer, release)
    ids = [one for one in dict.fromkeys(others) if one not in found]
    for row in rows(queries.ROWS_OF.format(**parts), {"ids": ids}) if ids else ():
        found[row["family_id"]] = Card(row, mine=False)
    for id_, again_by in drawn.items():
        if id_ in found:
            found[id_].revisit_by = again_by
    for id_, blow in blows(viewer, found).items():
        if id_ in found:
            found[id_].blow = blow
    return found


PLANNED = """
SELECT v.family_id FROM public.visits_visit AS v
WHERE v.worker = %s AND v.on_date IS NULL AND NOT v.dropped ORDER BY v.planned_on LIMIT %s
"""


def _planned(viewer: Viewer) -> list[str]:
    if not viewer.worker:
        return []
    return [row["family_id"] for row in rows(PLANNED, [viewer.worker, MOST_OTHERS])]


def _cases(viewer: Viewer, release: Held) -> list[str]:
    """Families of the case team member's own open cases."""
    if not (viewer.worker and viewer.may("case") and release.has("cases", "by")):
        return []
    return [row["family_id"] for row in rows(queries.CASES, [viewer.worker, MOST_OTHERS])]


def _drawn(viewer: Viewer, release: Held) -> list[Row]:
    """Families that another worker is to visit again, where the viewer's pilar does so."""
    said = settings_of()
    if not release.has("revisits", "again_by") or said is None or not viewer.worker:
        return []
    if pilar_of(viewer) not in said["revisit_pilar"]:
        return []
    given = {"worker": viewer.worker, "today": today(), "most": MOST_OTHERS}
    return rows(queries.REVISITS, given | {"purposes": list(said["revisit_purposes"])})


def _nobodys(viewer: Viewer, release: Held) -> list[str]:
    """For who works by area, not by families: those to be visited whom no worker has."""
    said = settings_of()
    if said is None or not release.has("assignments", "worker"):
        return []
    covers = {one["code"]: one["covers"] for one in said["pilar"]}
    if covers.get(pilar_of(viewer)) != "district":
        return []
    return [row["family_id"] for row in rows(queries.UNASSIGNED, {"most": MOST_OTHERS})]


def _since(found: Mapping[str, Card], viewer: Viewer) -> None:
    """Visits that the service holds: those of no release yet, and of the worker the open plan."""
    for row in rows(queries.SINCE_OF, [list(found)]) if found else ():
        card = found[row["family_id"]]
        if row["on_date"] is None:
            if row["worker"] == viewer.worker:
                card.planned_on, card.plan = row["planned_on"], str(row["id"])
                card.visits.append(row)
        else:
            card.visits.append(row)


def _questions(found: Mapping[str, Card], viewer: Viewer, held: Classes) -> None:
    """What is still to be asked, once what was answered since is left out."""
    asked = rows(queries.QUESTIONS, [list(found)]) if held.says_something("visits_asked") else ()
    for row in asked:
        card = found[row["family_id"]]
        known = answers(card.visits)
        card.asked = [q for q in questions(row, viewer, held) if not answered(q, known)]
        card.open_questions = len(card.asked)


def answers(visits: Iterable[Row]) -> dict[tuple[str, str], str]:
    """(person's id or '', column or question) -> what visits since the release tell of it."""
    found: dict[tuple[str, str], str] = {}
    for row in visits:
        if row.get("taken"):
            continue
        seen: Seen = seen_of(row["facts"])
        found |= {("", name): value for name, value in seen.visit.items()}
        for person, kept in seen.people.items():
            found |= {(person, name): value for name, value in kept.items()}
        for key, value in seen.told.items():
            person, _, fact = key.partition("/")
            found[person, fact] = value
    return found


def band(card: Card, day: date) -> str:
    """The first of the pack's bands that fits."""
    said = wanted()
    row, deadline = card.row, card.row["visit_deadline"]
    here = [one for one in card.visits if one["on_date"] and not one["taken"]]
    done = bool(here) and not card.open_questions and card.planned_on is None
    # What was asked within a deadline is kept by a visit after which nothing is left to ask.
    due = deadline is not None and not done
    long_ago = card.last is None or card.last < day - timedelta(days=said.stale_days)
    fits = {
        "overdue": due and deadline < day,
        "planned": card.planned_on is not None and card.planned_on <= day,
        "deadline": due and deadline <= day + timedelta(days=said.near_days),
        "struck": card.waits_for_blow,
        "revisit": card.revisit_by is not None,
        "decides": not done
        and (row["visit_why"] in said.decides or bool(row["due_move"] and card.open_questions)),
        "unknown": card.open_questions > 0,
        "stale": not done and long_ago,
        "done": done,
        "rest": True,
    }
    return next(name for name in said.bands if fits[name])


def _place_in_order(card: Card) -> tuple[Any, ...]:
    row = card.row
    first = card.planned_on or card.revisit_by or row["visit_deadline"] or date.max
    place = (row["area"] or "", row["rw"] or "", row["rt"] or "")
    return (wanted().bands.index(card.band), first, -card.open_questions, *place, card.id)


def why(card: Card, language: Any) -> str:
    """Why this family stands where it does, and until when it is to be visited."""
    row = card.row
    days = {
        "overdue": row["visit_deadline"],
        "deadline": row["visit_deadline"],
        "planned": card.planned_on,
        "struck": card.blow.on if card.blow else None,
        "revisit": card.revisit_by,
        "done": card.last,
        "stale": card.last,
    }
    day = days.get(card.band)
    key = f"web_visits.why_{card.band}"
    if card.band == "stale" and day is None:
        key = "web_visits.why_never"
    what = card.blow.words(language) if card.blow else ""
    said = say(key, language, day=_day(day, language), n=card.open_questions, what=what)
    until = row["visit_deadline"]
    if until is None or card.band in ("overdue", "deadline", "done"):
        return said
    return f"{said} {say('web_visits.why_deadline', language, day=_day(until, language))}"


def decides(card: Card, language: Any) -> list[str]:
    """On what the answers decide: the step that would be due, and programmes that are not known."""
    row = card.row
    ids = [*([row["due_move"]] if row["due_move"] else []), *(row["programmes_unknown"] or ())]
    return [book().label(one, language) for one in ids] if card.open_questions else []


def _day(day: date | None, language: Any) -> str:
    from tangga.texts import long_date

    return long_date(day, language) if day else "–"


def villages(cards: Iterable[Card], language: Any) -> list[tuple[str, str, int]]:
    """(code, name, how many) of the villages in which the families live, by name."""
    many = Counter(card.row["area"] or "" for card in cards)
    named = [(code, area_name(code, language), n) for code, n in many.items() if code]
    return sorted(named, key=lambda one: one[1])


def counted(cards: Iterable[Card]) -> list[tuple[str, int]]:
    """(band, how many), in order, those that there are."""
    many = Counter(card.band for card in cards)
    return [(name, many[name]) for name in wanted().bands if many[name]]
