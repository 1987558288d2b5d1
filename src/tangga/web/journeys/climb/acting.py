"""One step on the ladder being taken: the family as the rule sees it, the letter, the move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from tangga.rules.records import RUNG_MOVE
from tangga.texts import Language, say
from tangga.web.appeals.suspending import suspended_by
from tangga.web.journeys.climb import letters, support
from tangga.web.journeys.climb.criteria import Judged, judge, snapshot
from tangga.web.journeys.climb.models import Step
from tangga.web.journeys.climb.reading import Reading, read_family
from tangga.web.journeys.climb.refusals import DoesNotFit, Missing, NoSuchFamily
from tangga.web.journeys.climb.wanted import wanted
from tangga.web.overlay import write
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work import actions
from tangga.web.work.models import Item, Taken

OBJECT, BELT = "object", "belt"
"""The step by which an objection holds a decision back; said of one about something else."""


@dataclass(frozen=True)
class Acting:
    """One step being taken: the matter, what it asks of the ladder, and who acts."""

    item: Item
    taken: Taken
    by: Viewer | None
    step: Step

    def read(self) -> Reading:
        """The family today. NoSuchFamily."""
        found = read_family(self.step.family_id, viewer=self.by)
        if found is None:
            raise NoSuchFamily(family=self.step.family_id)
        return found

    def must(self, move_id: str, read: Reading, but: tuple[str, ...] = ()) -> Judged:
        """The move as the rule sees it, kept with the step. DoesNotFit where it is not due.

        but: requirements that this step itself is about to meet.
        """
        judged = judge(read, move_id)
        if judged is not None:
            self.keep(judged, read)
        if judged is None or not judged.starts or not judged.acts or _unmet(judged, but):
            language = language_of(self.by)
            raise DoesNotFit(
                move=judged.move.labels[language] if judged else move_id,
                unmet="; ".join(_unmet_words(judged, but, language)) if judged else "–",
            )
        return judged

    def keep(self, judged: Judged, read: Reading) -> None:
        """What the rule said at this step."""
        self.step.checked = [
            *self.step.checked,
            snapshot(judged, self.taken.step, read, self.by),
        ]
        self.step.save(update_fields=["checked"])


def _unmet(judged: Judged, but: tuple[str, ...]) -> list[str]:
    return [one.requirement.id for one in judged.unmet if one.requirement.id not in but]


def _unmet_words(judged: Judged, but: tuple[str, ...], language: Language) -> list[str]:
    if not judged.starts:
        return [say("web_climb.wrong_rung", language)]
    if not judged.acts:
        return [say("web_climb.not_in_force", language)]
    return [
        one.requirement.labels[language] for one in judged.unmet if one.requirement.id not in but
    ]


def language_of(by: Viewer | None) -> Language:
    """What whoever acts reads; the clock writes Indonesian."""
    return "id" if by is None else by.language


def words(key: str, by: Viewer | None) -> str:
    """What a step lacks, in words."""
    return say(f"web_climb.missing_{key}", language_of(by))


# --- the letter and its day ---------------------------------------------------------------------


def tell(acting: Acting, read: Reading, judged: Judged, day: date) -> None:
    """The family is told; the clock looks again on the day on which it is to hold."""
    assert acting.by is not None
    acting.step.notice = letters.letter(acting.item, read, judged, day, acting.by).number
    acting.step.told_on, acting.step.effect_on = read.on, day
    acting.step.save()
    _wait_until(acting.item, day)


def not_held(read: Reading, person_id: str, by: Viewer | None) -> None:
    """Missing for a person whom the rules hold back from empowerment for now; why is not told."""
    place = read.who(person_id)
    if place is not None and read.facts.members[place].get(wanted().held_fact) is True:
        raise Missing(what=words("held", by))


def _wait_until(item: Item, day: date) -> None:
    """The last day of the notice is the day before it holds."""
    item.due = day - timedelta(days=1)
    item.save(update_fields=["due"])


def held_back(acting: Acting) -> bool:
    """An objection that nobody has answered yet holds the decision back, however it was lodged."""
    found = suspended_by(acting.step.family_id)
    if found is None:
        return False
    actions.follow(acting.item, OBJECT, by=acting.by, about={"objection": found.number, BELT: True})
    return True


def not_any_more(acting: Acting) -> None:
    """Back to where it can be looked at again: nothing holds from any day."""
    acting.step.told_on = acting.step.effect_on = None
    acting.step.save(update_fields=["told_on", "effect_on"])


def resumed(acting: Acting) -> None:
    """The objection was rejected: it holds from the day it was to, or from now on."""
    day = max(acting.step.effect_on or today(), today() + timedelta(days=1))
    acting.step.effect_on = day
    acting.step.save(update_fields=["effect_on"])
    _wait_until(acting.item, day)


# --- the move itself ----------------------------------------------------------------------------


def move(acting: Acting, read: Reading, move_id: str, *, document: str = "") -> None:
    """The rung, the support that ends by it, whose work it counts as, and what becomes free."""
    rule = next(m for m, _ in read.rules.moves if m.id == move_id)
    acting.step.move, acting.step.effect_on = move_id, read.on
    acting.step.save(update_fields=["move", "effect_on"])
    event(acting, read, RUNG_MOVE, rung=rule.to, exit=rule.exit, document=document)
    if rule.exit:
        support.end(read, acting.item, rule.exit, on=read.on, document=document, by=acting.by)


def event(acting: Acting, read: Reading, event: str, document: str = "", **columns: str) -> None:
    """An event of the family, as the work of whoever proposed."""
    write.event(
        item=acting.item,
        event=event,
        on_date=read.on,
        family_id=read.family_id,
        area=read.area,
        document=document or acting.taken.document,
        worker=acting.step.worker,
        by=acting.by,
        **columns,
    )


def exit_of(read: Reading, move_id: str) -> str:
    """How support ends by a move."""
    return next((m.exit for m, _ in read.rules.moves if m.id == move_id), "")
