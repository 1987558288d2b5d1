"""What was decided about a family, as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from tangga.engine.explain.data import Decision, Due, Explanation, Ladder
from tangga.engine.explain.words import Words, joined, words

if TYPE_CHECKING:
    from tangga.engine.explain.rendering import Page

ORDER = ("fits", "not_known", "does_not_fit")
"""Programmes that fit come first; those that run before all."""
SEMICOLON = Words.same("; ")


def decided(page: Page, explanation: Explanation) -> None:
    """The ladder, the programmes, and what to ask; nothing where nothing was decided."""
    if explanation.ladder is not None:
        _ladder(page, explanation.ladder)
    _summary(page, explanation.decisions)
    for gap in explanation.gaps:
        page.say(gap, 1)
    _reasons(page, explanation.decisions)
    _questions(page, explanation.to_ask)


def _ladder(page: Page, ladder: Ladder) -> None:
    page.heading("ladder")
    page.say(ladder.words, 1)
    for said in ladder.clock:
        page.say(said, 1)
    for due in ladder.due:
        _due(page, due)
    if not ladder.due:
        page.say(words("due_none"), 1)
    for listed in ladder.listed:
        page.say(listed, 1)


def _due(page: Page, due: Due) -> None:
    page.say(words("due", move=due.label), 1)
    if due.do is not None:
        page.say(words("due_do", do=due.do), 2)
    for because in due.because:
        page.say(because, 2, "- ")
    for said in due.support:
        page.say(said, 2)
    page.say(words("due_basis", basis=due.basis), 2)
    if due.notice is not None:
        page.say(due.notice, 2)


def _summary(page: Page, decisions: Sequence[Decision]) -> None:
    """One line a programme: what it says and what was determined; of persons how many."""
    if decisions:
        page.heading("programmes")
    by_programme = sorted(decisions, key=lambda one: one.programme)
    groups = [list(g) for _, g in groupby(by_programme, key=lambda one: one.programme)]
    for group in sorted(groups, key=lambda group: min(map(_place, group))):
        said = joined(_states(group), SEMICOLON)
        page.say(words("summary", programme=group[0].label, said=said), 1)


def _states(group: Sequence[Decision]) -> Iterable[Words]:
    if group[0].person is None:
        return (_state(one) for one in group)
    states = [_state(one) for one in sorted(group, key=_place)]
    return (
        words("of_persons", n=states.count(state), said=state) for state in dict.fromkeys(states)
    )


def _state(decision: Decision) -> Words:
    known = [words(f"determination_{decision.determination}")] if decision.determination else []
    return joined([decision.words, *known])


def _reasons(page: Page, decisions: Sequence[Decision]) -> None:
    """Persons of whom a programme says the same for the same reasons stand together."""
    if decisions:
        page.heading("why")
    alike: dict[tuple[object, ...], list[Decision]] = {}
    for one in sorted(decisions, key=_place):
        key = (one.programme, one.verdict, one.determination, one.because, one.basis)
        alike.setdefault(key, []).append(one)
    for group in alike.values():
        _group(page, group)


def _group(page: Page, group: Sequence[Decision]) -> None:
    first = group[0]
    page.add("item", f"{page.brief(first.label)}: {page.brief(first.words)}", 1)
    for one in group:
        said = [*one.determined]
        if one.amount is not None:
            said.append(words("amount", amount=one.amount))
        named = [one.person] if one.person is not None else []
        if named or said:
            page.say(joined([*named, *([joined(said, SEMICOLON)] if said else [])]), 2)
    for because in first.because:
        page.say(because, 3, "- ")
    page.say(words("due_basis", basis=first.basis), 3)


def _place(decision: Decision) -> tuple[bool, int, str, str]:
    runs = decision.determination == "determined"
    return not runs, ORDER.index(decision.verdict), decision.programme, decision.person_id or ""


def _questions(page: Page, questions: Sequence[Words]) -> None:
    if questions:
        page.heading("to_ask")
    for question in questions:
        page.say(question, 1, "- ")
