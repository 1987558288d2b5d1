"""What follows from a step on the ladder, in the transaction of that step.

A decision is checked by the rule at each hand, and again on the day it takes effect; what it does
to programme, target and budget is written at once, or nothing of it is.
"""

from __future__ import annotations

from collections.abc import Callable

from tangga.rules.records import RUNG_LEFT
from tangga.web.journeys.climb import at_cap, kube, letters, undoing
from tangga.web.journeys.climb.acting import (
    Acting,
    event,
    held_back,
    language_of,
    move,
    not_any_more,
    resumed,
    tell,
    words,
)
from tangga.web.journeys.climb.criteria import judge
from tangga.web.journeys.climb.first import before, must_be_first
from tangga.web.journeys.climb.models import Line, Step
from tangga.web.journeys.climb.reading import Reading
from tangga.web.journeys.climb.refusals import DoesNotFit, Missing
from tangga.web.journeys.climb.wanted import wanted
from tangga.web.viewer import Viewer
from tangga.web.work import actions
from tangga.web.work.models import Item, Taken

GRADUATION, PREVENTION = "graduation", "prevention"


Effect = Callable[[Acting], None]


def after_step(item: Item, taken: Taken, by: Viewer | None) -> None:
    """The effect of a step of any kind on the ladder; none for a step that only passes it on."""
    effect = EFFECTS.get((item.kind, taken.step))
    if effect is None:
        return
    step = Step.objects.select_for_update(of=("self",)).get(pk=item.pk)
    effect(Acting(item, taken, by, step))


# --- graduation ---------------------------------------------------------------------------------


def _still_fits(acting: Acting) -> None:
    read = acting.read()
    acting.must(wanted().moves[GRADUATION], read)
    must_be_first(read, language_of(acting.by))


def _decide_graduation(acting: Acting) -> None:
    """Minutes, the letter, and the day from which it holds."""
    assert acting.by is not None
    read = acting.read()
    judged = acting.must(wanted().moves[GRADUATION], read)
    must_be_first(read, language_of(acting.by))
    day = letters.effect_day(read)
    paper = letters.minutes(acting.item, read, judged, day, acting.by)
    acting.step.minutes = paper.number
    tell(acting, read, judged, day)


def _graduation_due(acting: Acting) -> None:
    if held_back(acting):
        return
    read = acting.read()
    judged = judge(read, wanted().moves[GRADUATION])
    fits = judged is not None and judged.due and not before(read, language_of(None))
    if judged is not None:
        acting.keep(judged, read)
    actions.follow(acting.item, "take_effect" if fits else "fits_no_longer", by=None)


def _graduate(acting: Acting) -> None:
    read = acting.read()
    document = acting.step.minutes
    move(acting, read, wanted().moves[GRADUATION], document=document)
    kube.leave_all(read.family_id, acting.item, acting.by, "graduated")


# --- moves that end nothing ---------------------------------------------------------------------


def empower_rule(rung: str | None) -> str:
    """Which move leads up to empowerment from a rung; from others the first one, which refuses."""
    up = wanted().up
    return up.get(rung or "", next(iter(up.values())))


def _empower(acting: Acting) -> None:
    read = acting.read()
    rule = empower_rule(read.rung)
    acting.must(rule, read)
    move(acting, read, rule)


def _open_package(acting: Acting) -> None:
    read = acting.read()
    acting.must(wanted().moves[PREVENTION], read)
    move(acting, read, wanted().moves[PREVENTION])


def _package_kept(acting: Acting) -> None:
    event(acting, acting.read(), RUNG_LEFT)


def _package_fell(acting: Acting) -> None:
    _back(acting, wanted().supported)


def _back(acting: Acting, rung: str) -> None:
    """Down to a rung, as the rule allows it."""
    read, rule = acting.read(), wanted().back[rung]
    acting.must(rule, read)
    move(acting, read, rule)


def _reviewed(acting: Acting) -> None:
    """What a review after a shock leads to, as the rule allows it."""
    read, rule = acting.read(), wanted().back.get(acting.step.choice)
    if rule is None:
        _stands(acting, read)
    else:
        acting.must(rule, read)


def _stands(acting: Acting, read: Reading) -> None:
    """Nobody says that it stands before somebody has been there."""
    seen, struck = read.history.visited_on, read.history.shock_on or acting.item.opened_on
    if seen is None or seen < min(struck, acting.item.opened_on):
        raise Missing(what=words("visit", acting.by))
    judged = judge(read, wanted().back[wanted().supported])
    if judged is not None and judged.due:
        raise DoesNotFit(
            move=words("stands", acting.by), unmet=judged.move.labels[language_of(acting.by)]
        )


def _protected(acting: Acting) -> None:
    _chosen(acting, "protection")
    _back(acting, acting.step.choice)


def _watched(acting: Acting) -> None:
    _chosen(acting, "watch")
    _back(acting, acting.step.choice)


def _stood(acting: Acting) -> None:
    _chosen(acting, "stands")
    _stands(acting, acting.read())


def _plan_is_whole(acting: Acting) -> None:
    """A plan says of each line until when, and on which potential it rests."""
    lines = list(Line.objects.filter(item=acting.item).exclude(state__in=("refused", "dropped")))
    if not lines or any(one.potential_id is None or one.by_when is None for one in lines):
        raise Missing(what=words("plan_lines", acting.by))


def _chosen(acting: Acting, choice: str) -> None:
    if acting.step.choice != choice:
        raise Missing(what=words("other_choice", acting.by))


EFFECTS: dict[tuple[str, str], Effect] = {
    ("graduation", "propose_again"): _still_fits,
    ("graduation", "check"): _still_fits,
    ("graduation", "decide"): _decide_graduation,
    ("graduation", "come_due"): _graduation_due,
    ("graduation", "take_effect"): _graduate,
    ("graduation", "fits_no_longer"): not_any_more,
    ("graduation", "resume"): resumed,
    ("cap_decision", "propose_move"): at_cap.at_cap,
    ("cap_decision", "propose_extension"): at_cap.at_cap,
    ("cap_decision", "propose_end"): at_cap.at_cap,
    ("cap_decision", "check"): at_cap.at_cap,
    ("cap_decision", "decide_move"): at_cap.decide_at_cap,
    ("cap_decision", "decide_end"): at_cap.decide_at_cap,
    ("cap_decision", "decide_extension"): at_cap.extend,
    ("cap_decision", "come_due"): at_cap.cap_due,
    ("cap_decision", "take_effect_move"): at_cap.moved_at_cap,
    ("cap_decision", "take_effect_end"): at_cap.ended_at_cap,
    ("cap_decision", "fits_no_longer"): not_any_more,
    ("cap_decision", "resume"): resumed,
    ("empowerment", "accept"): _empower,
    ("prevention", "open"): _open_package,
    ("prevention", "close"): _package_kept,
    ("prevention", "climb"): _empower,
    ("prevention", "fall"): _package_fell,
    ("fall_review", "propose_protection"): _reviewed,
    ("fall_review", "propose_watch"): _reviewed,
    ("fall_review", "propose_stands"): _reviewed,
    ("fall_review", "protect"): _protected,
    ("fall_review", "watch"): _watched,
    ("fall_review", "stand"): _stood,
    ("empowerment_plan", "propose"): _plan_is_whole,
    ("empowerment_plan", "agree"): _plan_is_whole,
    ("restoration", "decide"): undoing.undo,
    ("restoration", "uphold"): undoing.undo,
}
"""(kind, step) -> what follows; steps that only pass a matter on have none."""
