"""The way of a matter from where it began to its answer: what was, where it is, what is to come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from tangga.rules.workflow import Workflow
from tangga.texts import Language, say
from tangga.web.work.models import Taken

DONE, HERE, NEXT = "done", "here", "next"


@dataclass(frozen=True)
class Stage:
    """label: in words; on: the day that it was reached, None for what is to come."""

    label: str
    when: str
    on: date | None = None


def way(flow: Workflow, steps: Sequence[Taken], language: Language) -> list[Stage]:
    """Every state a matter was in, and those that follow where nothing comes between; how it will
    be answered is nobody's to say before."""
    been = [one for one in steps if one.to_state != one.from_state]
    if not been:
        return []
    found = [Stage(flow.states[one.to_state].label(language), DONE, one.on_day) for one in been]
    last = found[-1]
    found[-1] = Stage(last.label, DONE if flow.states[been[-1].to_state].final else HERE, last.on)
    return [*found, *_ahead(flow, been[-1].to_state, language)]


def _ahead(flow: Workflow, state: str, language: Language) -> Iterator[Stage]:
    seen = {state}
    while not flow.states[state].final:
        ways = (one.to for one in flow.steps_from(state) if one.to and not one.system)
        state = next((to for to in ways if to not in seen), "")
        if not state:
            return
        seen.add(state)
        final = flow.states[state].final
        label = say("web_appeals.answer", language) if final else flow.states[state].label(language)
        yield Stage(label, NEXT)
