"""Reads the lists of ladder.toml, signals.toml and payee.toml: moves, signals, choices."""

from __future__ import annotations

from tangga.rules.entries import SUBJECTS, Form, read_requirements
from tangga.rules.names import FAMILY_TABLE
from tangga.rules.policy import (
    HIGHER,
    LOWER,
    RANK,
    SUPPORT,
    Choice,
    Move,
    MoveRule,
    Rule,
    Signal,
    SignalRule,
)
from tangga.rules.section import Section
from tangga.rules.setting_kinds import MOST

NO_RUNG = "none"


def _move(section: Section) -> Move:
    id_, labels = section.name("id"), section.labels()
    move = Move(
        id=id_,
        labels=labels,
        subject=section.choice("subject", SUBJECTS),
        from_rungs=section.several("from", [NO_RUNG, *section.codes("rung")]),
        to=section.code("to", "rung") if section.data.get("to", "") != "" else "",
        rule=Rule(id_, labels, ()),
        track=section.code("track", "track") if "track" in section.data else "",
        adverse=section.flag("adverse"),
        automatic=section.flag("automatic"),
        under_cap=section.flag("under_cap"),
        do=section.translated("do"),
        exit=section.code("exit", "exit") if "exit" in section.data else "",
    )
    _check_sense(section, move)
    return move


def _check_sense(section: Section, move: Move) -> None:
    """What a move cannot be at once."""
    if move.subject == "person" and not move.track:
        section.spot.wrong(f"move {move.id!r} of a person lacks its track")
    if move.subject == "family" and move.track:
        section.wrong("track", "a family has a rung; tracks are a person's")
    if move.subject == "person" and move.to:
        section.wrong("to", "a person's move changes a track, never the family's rung")
    if move.adverse and move.automatic:
        section.wrong("automatic", "an adverse move is made by a person, never by the rule itself")


def _requires(section: Section, subject: str) -> MoveRule:
    requires = read_requirements(section, subject)
    if not requires:
        section.spot.wrong(f"{section.called}requires nothing", todo="Write [[...requires]]")
    return MoveRule(requires)


def _signal(section: Section) -> Signal:
    id_, labels = section.name("id"), section.labels()
    about = section.choice("about", (SUPPORT, RANK), SUPPORT)
    return Signal(
        id=id_,
        labels=labels,
        subject=_subject(section, about),
        reason=section.code("reason", "removal_reason") if about == SUPPORT else "",
        check=section.translated("check"),
        rule=Rule(id_, labels, ()),
        about=about,
        points_to=section.choice("points_to", (LOWER, HIGHER)) if about == RANK else "",
        visit=section.flag("visit"),
    )


def _subject(section: Section, about: str) -> str:
    """Whom a signal speaks of; a rank is a family's, and what ends support is no reason for it."""
    others = ("reason", "visit") if about == RANK else ("points_to",)
    for other in others:
        if other in section.data:
            section.wrong(other, f"a signal about {about} has no {other}")
    subject = section.choice("subject", SUBJECTS if about == SUPPORT else (FAMILY_TABLE,))
    if subject != FAMILY_TABLE and "visit" in section.data:
        section.wrong("visit", "only a family is visited")
    return subject


def _signal_rule(section: Section, signal: Signal) -> SignalRule:
    """About support: without `requires` it is not seen in facts, and arrives as a case of its
    reason. About a rank: it always requires something, and there is no case to decide."""
    if signal.about == RANK:
        if "deadline_days" in section.data:
            section.wrong("deadline_days", "a signal about rank opens no case")
        return SignalRule(_requires(section, signal.subject).requires)
    requires = read_requirements(section, signal.subject)
    return SignalRule(requires, section.whole_number("deadline_days", low=1, high=MOST))


def _choice(section: Section) -> Choice:
    id_, labels = section.name("id"), section.labels()
    return Choice(id_, labels, Rule(id_, labels, ()))


MOVES: Form[Move] = Form(
    frozenset(("subject", "from", "to", "track", "adverse", "automatic", "under_cap", "exit")),
    _move,
    frozenset(("requires",)),
    lambda section, move: _requires(section, move.subject),
    ("do",),
)
SIGNALS: Form[Signal] = Form(
    frozenset(("subject", "reason", "about", "points_to", "visit")),
    _signal,
    frozenset(("requires", "deadline_days")),
    _signal_rule,
    ("check",),
)
CHOICES: Form[Choice] = Form(
    frozenset(),
    _choice,
    frozenset(("requires",)),
    lambda section, choice: _requires(section, "person"),
)
