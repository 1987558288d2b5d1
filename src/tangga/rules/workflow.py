"""What happens to something that waits for people: states, steps, who, by when.

`workflows/KIND.toml` of a pack, one file a kind:

    id, en              what such a matter is called
    from                day from which the file is in force
    basis, question     the legal basis; the open question, where there is one
    number              how its ticket numbers begin
    case                true: its matters are case data, of the case team alone
    [windows.NAME]      days = [FIRST, LAST] of a month on which steps that name it may be taken
    [states.NAME]       id, en; waits_for: the verb that can act next; days: deadline from entering,
                        in calendar days (0: the same day); overdue: the step that the clock then
                        takes; final; side; keeps_due = true: the deadline of the state before
                        goes on, and `overdue` is of that
    [steps.NAME]        id, en; from: states ([]: it opens the matter); to; verb; level: of area;
                        hand: proposer, verifier or approver, three different people; window;
                        needs: of reason, document, evidence; system: taken by the clock, or by
                        another step, never by a person; side: "other" where it is taken in the
                        matter's other area (the destination of a move), else in its own

A step that leaves `to` out leaves the matter in the state it is in, and its deadline as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

from tangga.registry.mistakes import Mistakes, nearest
from tangga.rules.toml_file import Spot, TomlFile, read_toml

T = TypeVar("T")

FOLDER = "workflows"
HANDS = ("proposer", "verifier", "approver")
NEEDS = ("reason", "document", "evidence")
SIDES = ("other",)
LAST_DAY = 31

TOP = {
    "id": str,
    "en": str,
    "from": date,
    "basis": str,
    "question": str,
    "number": str,
    "case": bool,
    "windows": dict,
    "states": dict,
    "steps": dict,
}
STATE = {"id": str, "en": str, "waits_for": str, "days": int, "overdue": str}
STATE |= {"final": bool, "side": str, "keeps_due": bool}
STEP = {
    "id": str,
    "en": str,
    "from": list,
    "to": str,
    "verb": str,
    "level": list,
    "hand": str,
    "window": str,
    "needs": list,
    "system": bool,
    "side": str,
}


@dataclass(frozen=True)
class Window:
    """Days of a month, both inclusive; a month that is shorter ends earlier."""

    name: str
    first: int
    last: int

    def open_on(self, day: date) -> bool:
        """Whether a step may be taken on a day."""
        return self.first <= day.day <= self.last

    def opens(self, day: date) -> date:
        """The next day, from a day on, on which it is open."""
        while not self.open_on(day):
            day += timedelta(days=1)
        return day


@dataclass(frozen=True)
class State:
    """Where a matter can be. overdue: the step of the clock once `days` have passed."""

    name: str
    labels: Mapping[str, str]
    waits_for: str = ""
    days: int | None = None
    overdue: str = ""
    final: bool = False
    side: str = ""
    keeps_due: bool = False

    def label(self, language: str) -> str:
        """Its name."""
        return self.labels[language]

    def due(self, entered: date) -> date | None:
        """The last day in time; None where nothing is due."""
        return None if self.days is None else entered + timedelta(days=self.days)


@dataclass(frozen=True)
class Step:
    """What can be done. to: '' for the state it is taken in."""

    name: str
    labels: Mapping[str, str]
    sources: tuple[str, ...]
    to: str = ""
    verb: str = ""
    level: tuple[str, ...] = ()
    hand: str = ""
    window: str = ""
    needs: tuple[str, ...] = ()
    system: bool = False
    side: str = ""

    def label(self, language: str) -> str:
        """Its name, as on a button."""
        return self.labels[language]

    @property
    def opens(self) -> bool:
        """Whether a matter begins with it."""
        return not self.sources


@dataclass(frozen=True)
class Workflow:
    """One kind of matter."""

    kind: str
    labels: Mapping[str, str]
    since: date
    number: str
    states: Mapping[str, State]
    steps: Mapping[str, Step]
    windows: Mapping[str, Window] = field(default_factory=dict)
    basis: str = ""
    question: str = ""
    case: bool = False

    def label(self, language: str) -> str:
        """What such a matter is called."""
        return self.labels[language]

    def steps_from(self, state: str) -> list[Step]:
        """What people can do in a state, in the order of the file."""
        return [one for one in self.steps.values() if state in one.sources and not one.system]

    def closed_on(self, step: Step, day: date) -> date | None:
        """When the window of a step opens next; None where it is open, or there is none."""
        window = self.windows.get(step.window)
        return None if window is None or window.open_on(day) else window.opens(day)


def load_workflows(
    folder: Path, *, verbs: Iterable[str] = (), levels: Iterable[str] = ()
) -> dict[str, Workflow]:
    """Every kind of a pack, by name. BadPack naming every mistake with its file and line.

    verbs, levels: those there are; none: they are not looked at.
    """
    mistakes = Mistakes(folder)
    found: dict[str, Workflow] = {}
    for path in sorted((folder / FOLDER).glob("*.toml")):
        file = read_toml(path, mistakes)
        built = None if file is None else _workflow(path.stem, file, set(verbs), set(levels))
        if built is not None:
            found[built.kind] = built
    mistakes.raise_if_any()
    return found


def _workflow(kind: str, file: TomlFile, verbs: set[str], levels: set[str]) -> Workflow | None:
    top, data = file.top, file.data
    if not _fits(data, TOP, ("id", "en", "from", "number", "states", "steps"), top):
        return None
    windows = _each(data, "windows", top, _window)
    states = _each(data, "states", top, _state)
    steps = _each(data, "steps", top, _step)
    made = Workflow(
        kind=kind,
        labels={"id": data["id"], "en": data["en"]},
        since=data["from"],
        number=data["number"],
        states=states,
        steps=steps,
        windows=windows,
        basis=data.get("basis", ""),
        question=data.get("question", ""),
        case=data.get("case", False),
    )
    _states_stand(made, top, verbs)
    _steps_stand(made, top, verbs, levels)
    return made


def _each(
    data: Mapping[str, Any], part: str, top: Spot, build: Callable[[str, Any, Spot], T | None]
) -> dict[str, T]:
    made = {name: build(name, one, top.at(part, name)) for name, one in data.get(part, {}).items()}
    return {name: one for name, one in made.items() if one is not None}


def _window(name: str, data: Any, spot: Spot) -> Window | None:
    if not _fits(data, {"days": list}, ("days",), spot):
        return None
    days = data["days"]
    whole = len(days) == 2 and all(type(one) is int for one in days)
    if not whole or not 1 <= days[0] <= days[1] <= LAST_DAY:
        spot.wrong("days is not [FIRST, LAST] of a month")
        return None
    return Window(name, *days)


def _state(name: str, data: Any, spot: Spot) -> State | None:
    if not _fits(data, STATE, ("id", "en"), spot):
        return None
    if data.get("days", 0) < 0:
        spot.at("days").wrong("a deadline does not lie before the day it begins")
    if data.get("keeps_due") and "days" in data:
        spot.at("keeps_due").wrong("a deadline goes on, or begins anew: not both")
    if data.get("overdue") and "days" not in data and not data.get("keeps_due"):
        spot.at("overdue").wrong("nothing can be overdue without days")
    keys = ("waits_for", "days", "overdue", "final", "side", "keeps_due")
    rest = {key: data[key] for key in keys if key in data}
    return State(name, {"id": data["id"], "en": data["en"]}, **rest)


def _step(name: str, data: Any, spot: Spot) -> Step | None:
    if not _fits(data, STEP, ("id", "en", "from"), spot):
        return None
    keys = ("to", "verb", "hand", "window", "system", "side")
    rest = {key: data[key] for key in keys if key in data}
    return Step(
        name,
        {"id": data["id"], "en": data["en"]},
        tuple(data["from"]),
        level=tuple(data.get("level", ())),
        needs=tuple(data.get("needs", ())),
        **rest,
    )


def _states_stand(made: Workflow, top: Spot, verbs: set[str]) -> None:
    for state in made.states.values():
        spot = top.at("states", state.name)
        if state.overdue:
            step = made.steps.get(state.overdue)
            if step is None or state.name not in step.sources:
                spot.at("overdue").wrong(f"no step {state.overdue!r} leads from here")
        if state.side:
            _one_of(state.side, set(SIDES), spot.at("side"))
        if state.waits_for and verbs:
            _one_of(state.waits_for, verbs, spot.at("waits_for"))
        if state.final and any(state.name in step.sources for step in made.steps.values()):
            spot.wrong(f"the state {state.name!r} is final, and a step leads from it")


def _steps_stand(made: Workflow, top: Spot, verbs: set[str], levels: set[str]) -> None:
    if not any(step.opens for step in made.steps.values()):
        top.wrong("no step opens a matter of this kind (from = [])")
    for step in made.steps.values():
        spot = top.at("steps", step.name)
        for state in (*step.sources, *([step.to] if step.to else [])):
            _one_of(state, set(made.states), spot)
        if step.opens and not step.to:
            spot.wrong("a step that opens a matter says to which state")
        if bool(step.verb) == step.system:
            spot.wrong("a step names either the verb of who takes it, or system = true")
        told = ((step.hand, HANDS), (step.window, made.windows), (step.side, SIDES))
        for word, known in ((one, set(all_)) for one, all_ in told):
            if word:
                _one_of(word, known, spot)
        for word in step.needs:
            _one_of(word, set(NEEDS), spot.at("needs"))
        if step.verb and verbs:
            _one_of(step.verb, verbs, spot.at("verb"))
        for word in step.level if levels else ():
            _one_of(word, levels, spot.at("level"))


def _one_of(word: str, known: set[str], spot: Spot) -> None:
    if word not in known:
        spot.wrong(f"there is no {word!r}", todo=nearest(word, known))


def _fits(data: Any, kinds: Mapping[str, type], needed: Iterable[str], spot: Spot) -> bool:
    """Whether each key is known and of its type, and none is missing."""
    if not isinstance(data, dict):
        spot.wrong("is no table")
        return False
    fits = spot.check_keys(data, kinds)
    for key in [one for one in needed if one not in data]:
        spot.wrong(f"lacks {key}")
        fits = False
    for key in [one for one in data if one in kinds and type(data[one]) is not kinds[one]]:
        spot.at(key).wrong(f"{key} is of the wrong type")
        fits = False
    return fits
