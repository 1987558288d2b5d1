"""What is decided past the cap: moved with a place, extended by name, ended after an assessment."""

from __future__ import annotations

from datetime import date

from tangga.rules.days import months_before
from tangga.rules.records import EXTENSION as EXTENDED
from tangga.rules.records import RUNG_LEFT
from tangga.web.journeys.climb import letters, support
from tangga.web.journeys.climb.acting import (
    Acting,
    event,
    exit_of,
    held_back,
    move,
    tell,
    words,
)
from tangga.web.journeys.climb.criteria import judge
from tangga.web.journeys.climb.reading import Reading
from tangga.web.journeys.climb.refusals import Missing, TooLong
from tangga.web.journeys.climb.wanted import wanted
from tangga.web.overlay import write
from tangga.web.viewer import Viewer
from tangga.web.work import actions

AT_CAP, DECIDE = "cap_move", "cap_decision"
"""Keys of the pack's moves: with a place, and any decision."""
MOVE, EXTENSION, END = "move", "extension", "end"


def rule_of(choice: str) -> str:
    """The move whose requirements are asked of a choice."""
    return wanted().moves[AT_CAP if choice == MOVE else DECIDE]


def at_cap(acting: Acting) -> None:
    """What is proposed or checked past the cap fits what was chosen."""
    read = acting.read()
    match acting.step.choice:
        case "move":
            acting.must(wanted().moves[AT_CAP], read)
        case "extension":
            acting.must(wanted().moves[DECIDE], read)
            allowed_until(acting.step.until, read, acting.by)
        case _:
            acting.must(wanted().moves[DECIDE], read)
            assessed(read, acting.by)


def allowed_until(until: date | None, read: Reading, by: Viewer | None) -> date:
    """The end of an extension, inclusive. Missing; TooLong past what the rule allows."""
    if until is None or until <= read.on:
        raise Missing(what=words("until", by))
    most = months_before(read.on, -int(read.rules.clock.says["extension_months"]))
    if until > most:
        raise TooLong(most=most)
    return until


def assessed(read: Reading, by: Viewer | None) -> None:
    """An end needs a recent assessment of every adult who has to climb. Missing."""
    since = months_before(read.on, wanted().assessed_months)
    for member in read.facts.members:
        day = member.get("need_assessed_on")
        if member.get("must_climb") is not False and not (isinstance(day, date) and day >= since):
            raise Missing(what=words("assessment", by))


def decide_at_cap(acting: Acting) -> None:
    """The family is told of a move or an end; until the notice is over its support runs on."""
    chosen = {"decide_move": MOVE, "decide_end": END}[acting.taken.step]
    if acting.step.choice != chosen:
        raise Missing(what=words("other_choice", acting.by))
    at_cap(acting)
    read = acting.read()
    judged = judge(read, rule_of(chosen))
    assert judged is not None
    tell(acting, read, judged, letters.effect_day(read))


def extend(acting: Acting) -> None:
    """By a named official, with reason and end; support runs on."""
    assert acting.by is not None
    if acting.step.choice != EXTENSION:
        raise Missing(what=words("other_choice", acting.by))
    at_cap(acting)
    read = acting.read()
    paper = letters.extension(acting.item, acting.step, read, acting.taken.reason, acting.by)
    acting.step.minutes = paper.number
    acting.step.save(update_fields=["minutes"])
    write.event(
        item=acting.item,
        event=EXTENDED,
        on_date=read.on,
        until=acting.step.until,
        family_id=read.family_id,
        area=read.area,
        document=paper.number,
        worker=acting.step.worker,
        by=acting.by,
    )


def cap_due(acting: Acting) -> None:
    """The notice is over: the rule is asked once more."""
    if held_back(acting):
        return
    read = acting.read()
    moving = acting.step.choice == MOVE
    judged = judge(read, rule_of(acting.step.choice))
    if judged is not None:
        acting.keep(judged, read)
    if judged is None or not judged.due:
        actions.follow(acting.item, "fits_no_longer", by=None)
        return
    actions.follow(acting.item, "take_effect_move" if moving else "take_effect_end", by=None)


def moved_at_cap(acting: Acting) -> None:
    """Into the place that it has; what the clock counts ends."""
    move(acting, acting.read(), rule_of(MOVE), document=acting.step.notice)


def ended_at_cap(acting: Acting) -> None:
    """Support ends after an assessment, without a place. The family leaves the ladder, by the same
    exit, unless what the elderly and the disabled keep goes on."""
    read = acting.read()
    exit_, document = exit_of(read, rule_of(END)), acting.step.notice
    done = support.end(read, acting.item, exit_, on=read.on, document=document, by=acting.by)
    counted = read.rules.clock.says["programmes"]
    if not any(one.programme in counted and not one.ends for one in done):
        event(acting, read, RUNG_LEFT, exit=exit_)
