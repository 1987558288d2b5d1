"""What was decided about a family, as lines of text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tangga.engine.explain.data import Decision, Due, Explanation, Ladder
from tangga.engine.explain.words import Words, joined, words

if TYPE_CHECKING:
    from tangga.engine.explain.rendering import Page

ORDER = ("fits", "not_known", "does_not_fit")
"""Programmes that fit come first; those that run before all."""


def decided(page: Page, explanation: Explanation) -> None:
    """The ladder, the programmes, and what to ask; nothing where nothing was decided."""
    if explanation.ladder is not None:
        _ladder(page, explanation.ladder)
    if explanation.decisions:
        page.heading("programmes")
    for decision in sorted(explanation.decisions, key=_place):
        _decision(page, decision)
    for gap in explanation.gaps:
        page.say(gap, 1)
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
    page.say(words("due_basis", basis=due.basis), 2)
    if due.notice is not None:
        page.say(due.notice, 2)


def _place(decision: Decision) -> tuple[bool, int, str, str]:
    runs = decision.determination == "determined"
    return not runs, ORDER.index(decision.verdict), decision.programme, decision.person_id or ""


def _decision(page: Page, decision: Decision) -> None:
    said = [decision.words, *decision.determined]
    if decision.amount is not None:
        said.append(words("amount", amount=decision.amount))
    page.add("item", page.brief(decision.label), 1)
    page.say(joined(said, Words.same("; ")), 2)
    for because in decision.because:
        page.say(because, 3, "- ")
    page.say(words("due_basis", basis=decision.basis), 3)


def _questions(page: Page, questions: Sequence[Words]) -> None:
    if questions:
        page.heading("to_ask")
    for question in questions:
        page.say(question, 1, "- ")
