"""The papers of a decision on the ladder: minutes, the letter to the family, the extension."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from tangga.rules.answer import YES
from tangga.rules.days import months_before
from tangga.rules.sentences import sentence
from tangga.texts import say
from tangga.web.journeys.climb.criteria import Judged, word
from tangga.web.journeys.climb.models import Step
from tangga.web.journeys.climb.reading import Reading
from tangga.web.journeys.climb.support import Part, parts
from tangga.web.pack import code_label
from tangga.web.papers.issue import issue
from tangga.web.papers.models import Paper
from tangga.web.policy.book import book
from tangga.web.viewer import Viewer
from tangga.web.work.models import Item

MINUTES, LETTER, EXTENSION = "berita_acara_graduasi", "pemberitahuan", "sk_perpanjangan"
RESTORATION = "pemulihan"
PAPER = "id"
"""The language of papers."""


def effect_day(read: Reading) -> date:
    """The first day on which an adverse move that is told today holds."""
    return read.on + timedelta(days=int(read.rules.notice.says["days"]))


def minutes(item: Item, read: Reading, judged: Judged, on: date, by: Viewer) -> Paper:
    """The minutes of a graduation, with every requirement and its evidence."""
    ends, stays = _both(parts(read, on))
    return issue(
        MINUTES,
        by=by,
        area=read.area,
        about={
            "ticket": item.number,
            "name": read.head,
            "address": read.address,
            "exit": code_label("exit", judged.move.exit, PAPER),
            "takes_effect": on,
            "ends": ends or say("web_climb.nothing_ends", PAPER),
            "stays": stays,
            "followed_months": int(read.rules.notice.says["stands_months"]),
        },
        rows=[
            {
                "criterion": one.requirement.labels[PAPER],
                "answer": say(f"web_climb.answer_{word(one.answer)}", PAPER),
                "evidence": "; ".join(_facts(one.because(), judged)),
                "on_day": read.on,
            }
            for one in judged.verdict.all
        ],
        item=item,
        family_id=read.family_id,
    )


def _facts(because: Iterable[object], judged: Judged) -> list[str]:
    found = []
    for leaf in because:
        try:
            found.append(sentence(leaf, judged.move.subject, book().words, PAPER))  # type: ignore[arg-type]
        except KeyError:
            continue
    return found


def letter(item: Item, read: Reading, judged: Judged, on: date, by: Viewer) -> Paper:
    """The letter by which the family is told: what, why, from when, to whom to object."""
    ends, stays = _both(parts(read, on))
    said = read.rules.notice.says
    object_by = read.on + timedelta(days=int(said["object_days"]))
    return issue(
        LETTER,
        by=by,
        area=read.area,
        about={
            "name": read.head,
            "address": read.address,
            "what": judged.move.labels[PAPER],
            "takes_effect": on,
            "ends": ends,
            "stays": stays,
            "reasons": [
                one.requirement.labels[PAPER] for one in judged.verdict.all if one.answer is YES
            ]
            + [judged.rule.period.basis],
            "object_to": said["object_to"][PAPER],
            "object_by": object_by,
            "ticket": item.number,
        },
        item=item,
        family_id=read.family_id,
    )


def extension(item: Item, step: Step, read: Reading, reason: str, by: Viewer) -> Paper:
    """The decision that extends support, in the name of who signs it."""
    assert step.until is not None
    return issue(
        EXTENSION,
        by=by,
        area=read.area,
        about={
            "name": read.head,
            "address": read.address,
            "months": int(read.history.months_protected),
            "ends_on": step.until,
            "reason": reason,
        },
        item=item,
        family_id=read.family_id,
    )


def restoration(
    item: Item, step: Step, read: Reading, since: date, reason: str, by: Viewer
) -> Paper:
    """The letter that restores support, with each month that is owed."""
    programmes = dict.fromkeys(one["programme"] for one in step.owed)
    return issue(
        RESTORATION,
        by=by,
        area=read.area,
        about={
            "name": read.head,
            "address": read.address,
            "programme": "; ".join(book().label(one, PAPER) for one in programmes) or "–",
            "since": since,
            "reason": reason,
            "ticket": item.number,
        },
        rows=[
            {
                "period_start": _month(one["months"][0]),
                "period_end": months_before(_month(one["months"][-1]), -1) - timedelta(days=1),
                "component": book().label(one["programme"], PAPER),
                "amount": one["amount"],
                "family_id": read.family_id,
            }
            for one in step.owed
        ],
        item=item,
        family_id=read.family_id,
    )


def _month(said: str) -> date:
    return date.fromisoformat(f"{said}-01")


def _both(found: Iterable[Part]) -> tuple[str, str]:
    """What ends and what goes on, each in words."""
    each = list(found)
    return tuple(
        "; ".join(dict.fromkeys(part_words(one, PAPER) for one in each if one.ends is ends))
        for ends in (True, False)
    )  # type: ignore[return-value]


def part_words(part: Part, language: str) -> str:
    """A programme and its component in words."""
    label = book().label(part.programme, language)
    if not part.component:
        return label
    return f"{label}, {code_label('component', part.component, language)}"  # type: ignore[arg-type]
