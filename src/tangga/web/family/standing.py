"""Where a family stands: its rung, the clock, the move that is due, and the rank, with reasons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from tangga.rules.days import month_of
from tangga.rules.on_date import OnDate, PolicyGap
from tangga.rules.policy import Move
from tangga.texts import month, say
from tangga.web.family.counted import Household
from tangga.web.family.eyes import Eyes, Row, as_date
from tangga.web.family.reasons import Reasons, reasons
from tangga.web.family.support import say_day
from tangga.web.pack import code_label, pack
from tangga.web.policy.book import book

MONTHS_A_YEAR = 12
RUNGS = "rung"
RANKED = "ranked"
OFFICIAL = "official"
UNTOLD = "not_notified"


@lru_cache(maxsize=16)
def rules_on(day: date) -> OnDate | None:
    """The rules of a day; None where none hold on it."""
    try:
        return book().policy.on(day)
    except PolicyGap:
        return None


def only_announced(eyes: Eyes, today: OnDate) -> bool:
    """Whether the limit rests on an announcement alone.

    Where the release was decided by other rules than those installed here, nobody can say.
    """
    return not today.cap_in_force and book().decided_by(eyes.classes.policy) is not False


@dataclass(frozen=True)
class Clock:
    """The months of support against the cap. share: of the bar, 0 to 100; tone: good, warn, bad."""

    months: int
    unsure: int
    since_start: int | None
    cap: int
    planning: int
    said: tuple[str, ...]
    tone: str

    @property
    def share(self) -> int:
        """How much of the bar is filled."""
        return min(100, round(100 * self.months / self.cap)) if self.cap else 0

    @property
    def over(self) -> int:
        """How many months lie past the cap."""
        return max(0, self.months - self.cap)

    @property
    def unsure_share(self) -> int:
        """How much more of it may be."""
        whole = min(100, round(100 * (self.months + self.unsure) / self.cap)) if self.cap else 0
        return whole - self.share


def clock(eyes: Eyes, found: dict[str, Any], on: date) -> Clock | None:
    """None where the rules know no cap, or the release no clock of this family."""
    row, today = found["clock"], rules_on(on)
    if row is None or today is None or today.cap is None:
        return None
    months, cap = int(row.get("months_protected") or 0), int(today.cap.says["months"])
    planning = int(today.cap.says["planning_from"])
    near = found["near_cap"] or {}
    unsure = int(row.get("months_unsure") or 0)
    said = tuple(_clock_words(eyes, today, months, cap, unsure, near, supported(found, today)))
    tone = "bad" if months >= cap else "warn" if months >= planning else "good"
    free = near.get("must_climb_adults") == 0 == near.get("must_climb_most")
    since = row.get("months_since_start")
    return Clock(months, unsure, since, cap, planning, said, "good" if free else tone)


def supported(found: dict[str, Any], today: OnDate) -> bool:
    """Whether support that counts is running."""
    counted = today.clock.says["programmes"]
    return any(row.get("open") and row["programme"] in counted for row in found["spells"] or ())


def _clock_words(
    eyes: Eyes, today: OnDate, months: int, cap: int, unsure: int, near: Row, supported: bool
) -> Iterator[str]:
    """As `tangga explain` says it."""
    language = eyes.language
    if near.get("must_climb_adults") == 0 == near.get("must_climb_most"):
        yield say("explain.clock_free", language, months=months)
    elif months >= cap:
        yield say("explain.clock_reached", language, months=months, cap=cap)
        if not supported:
            yield say("web_family.clock_idle", language)
    elif supported:
        at = month(month_of(today.day) + cap - months, language)
        years = cap // MONTHS_A_YEAR
        yield say("explain.clock_counts", language, months=months, cap=cap, years=years, month=at)
    elif months:
        yield say("explain.clock_stands", language, months=months, cap=cap)
    else:
        yield say("web_family.clock_none", language)
    if unsure:
        yield say("explain.clock_unsure", language, months=unsure)
    if months and only_announced(eyes, today):
        yield say("explain.clock_announced", language, cap=cap)
    until = as_date(near.get("extended_until"))
    if until is not None and until > today.day:
        yield say("explain.clock_extended", language, day=say_day(until, eyes))


@dataclass(frozen=True)
class Due:
    """A move that is due. told: what its letter says, or that there is none yet."""

    label: str
    person: str
    track: str
    do: str
    adverse: bool
    reasons: Reasons
    basis: str
    told: str
    ends: tuple[str, ...] = ()
    continues: tuple[str, ...] = ()
    parts_hidden: bool = False


@dataclass(frozen=True)
class Standing:
    """The rung of a family, and what is due. rung: its code, "" on none."""

    rung: str
    label: str
    due: tuple[Due, ...] = ()
    notes: tuple[str, ...] = field(default=())


def standing(eyes: Eyes, found: dict[str, Any], household: Household, on: date) -> Standing:
    """Of the rows of `moves`: the family's own, and those of its people."""
    rows = found["moves"]
    own: Row = next((row for row in rows if row.get("person_id") is None and row.get("rung")), {})
    rung = own.get("rung", "")
    known = say("explain.ladder_no_rung", eyes.language)
    return Standing(
        rung=rung,
        label=code_label(RUNGS, rung, eyes.language) if rung else known,
        due=tuple(_due(eyes, row, found, household, on) for row in rows if row.get("move")),
        notes=tuple(_notes(eyes, found)),
    )


def _notes(eyes: Eyes, found: dict[str, Any]) -> Iterator[str]:
    cohort = found.get("cohort")
    if cohort:
        day = say_day(cohort.get("decide_by"), eyes)
        yield say("web_family.cohort", eyes.language, cohort=cohort.get("cohort", 0), day=day)
    for row in found.get("queue") or ():
        day = say_day(row.get("since"), eyes)
        yield say("web_family.in_queue", eyes.language, day=day)
    for row in found.get("graduations") or ():
        state = row.get("state", "stands")
        day, fell = say_day(row.get("graduated_on"), eyes), say_day(row.get("fell_on"), eyes)
        yield say(f"web_family.graduated_{state}", eyes.language, day=day, fell=fell)


def _due(eyes: Eyes, row: Row, found: dict[str, Any], household: Household, on: date) -> Due:
    move = book().policy.moves.get(row["move"])
    said = as_date(row.get("decided_on")) or on
    track = row.get("track")
    sees = eyes.sees("moves", "support_ends")
    return Due(
        label=book().label(row["move"], eyes.language),
        person=household.names(row.get("person_id")),
        track=code_label("track", track, eyes.language) if track else "",
        do=move.do.get(eyes.language, "") if move else "",
        adverse=bool(move and move.adverse),
        reasons=reasons(row.get("reasons"), said, eyes.classes, eyes.full, eyes.language).of(
            household
        ),
        basis=row.get("basis", ""),
        told=_told(eyes, row, found, move),
        ends=tuple(_parts(eyes, row.get("support_ends"))) if sees else (),
        continues=tuple(_parts(eyes, row.get("support_continues"))) if sees else (),
        parts_hidden=not sees and bool(row.get("support_ends") or row.get("support_continues")),
    )


def _parts(eyes: Eyes, text: str | None) -> Iterator[str]:
    """`pkh/disability` as the programme and the component in words."""
    for one in json.loads(text) if text else ():
        programme, _, component = one.partition("/")
        label = book().label(programme, eyes.language)
        part = code_label("component", component, eyes.language) if component else ""
        yield f"{label}, {part}" if part else label


def _told(eyes: Eyes, row: Row, found: dict[str, Any], move: Move | None) -> str:
    """What the letter of an adverse move says; "" for a move that needs none."""
    if move is None or not move.adverse:
        return ""
    if row.get("effect") in (None, UNTOLD):
        return say("explain.due_untold", eyes.language)
    letter: Row = next((n for n in found.get("notices") or () if n.get("move") == row["move"]), {})
    about = [o for o in found.get("objections") or () if o.get("number") == letter.get("number")]
    key = {
        "notified": "due_told",
        "suspended": "due_suspended",
        "upheld": "due_upheld",
        "in_effect": "due_in_effect",
    }.get(row["effect"], "due_told")
    return say(
        f"explain.{key}",
        eyes.language,
        number=letter.get("number", "–"),
        day=say_day(row.get("notice_on"), eyes),
        effect=say_day(row.get("takes_effect_on"), eyes),
        objected=say_day(about[0].get("lodged_on") if about else None, eyes),
    )


# --- the rank -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Indication:
    """A sign that the rank may be wrong: what it is, why, and what to do about it."""

    label: str
    check: str
    basis: str
    reasons: Reasons


@dataclass(frozen=True)
class Rank:
    """decile: the official one, None without; said: sentences about it, its change, who may set
    it."""

    decile: int | None
    release: str
    said: tuple[str, ...]
    indications: tuple[Indication, ...]


def rank(eyes: Eyes, found: dict[str, Any], household: Household, on: date) -> Rank | None:
    """None where the release ranks nobody of this family."""
    row = found["rank"]
    if row is None:
        return None
    return Rank(
        decile=row.get("decile_official"),
        release=row.get("decile_release", ""),
        said=tuple(_rank_words(eyes, row, found["change"])),
        indications=tuple(
            _indication(eyes, one, household, on) for one in found["indications"] or ()
        ),
    )


def _rank_words(eyes: Eyes, row: Row, changed: Row | None) -> Iterator[str]:
    language = eyes.language
    release, state = row.get("decile_release"), row.get("rank_state")
    given = {"release": release, "day": say_day(row.get("decile_on"), eyes)}
    by = pack().data.get("ranking", {}).get("by")
    if release is None and changed and changed.get("decile_before") is not None:
        yield say("web_family.rank_dropped", language, release=changed.get("release", "–"))
    elif release is None:
        yield say("explain.rank_in_none", language)
    elif state == RANKED and row.get("decile_official") is not None:
        key = "rank_official" if by else "rank_official_unnamed"
        yield say(f"explain.{key}", language, decile=row["decile_official"], by=by, **given)
    elif state in ("two_ranks", "ranked_and_not"):
        yield say(f"web_family.rank_{state}", language, **given)
    else:
        key = "rank_unreadable" if state == "unreadable" else "rank_not_ranked"
        yield say(f"explain.{key}", language, **given)
    if changed:
        yield from change_words(eyes, changed)
    office = pack().ranker
    if by and office is not None:
        yield say("explain.rank_who", language, by=by, office=office[language])


def change_words(eyes: Eyes, row: Row) -> Iterator[str]:
    before, now = row.get("decile_before"), row.get("decile")
    release = row.get("release_before", "–")
    if before is None and now is None:
        return
    if before is None:
        yield say("web_family.rank_gained", eyes.language, release=release)
    elif now is None:
        yield say("web_family.rank_lost", eyes.language, decile=before, release=release)
    elif before == now:
        yield say("web_family.rank_same", eyes.language, release=release)
    else:
        key = "rank_rose" if now > before else "rank_fell"
        n = abs(now - before)
        yield say(f"web_family.{key}", eyes.language, decile=before, release=release, n=n)


def _indication(eyes: Eyes, row: Row, household: Household, on: date) -> Indication:
    told = reasons(row.get("reasons"), on, eyes.classes, eyes.full, eyes.language)
    return Indication(
        label=book().label(row["indication"], eyes.language),
        check=row.get(f"check_{eyes.language}", ""),
        basis=row.get("basis", ""),
        reasons=told.of(household),
    )
