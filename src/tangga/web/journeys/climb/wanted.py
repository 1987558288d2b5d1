"""What the pack says of the ladder's matters (`work/climb.toml`): which move each of them asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from tangga.registry.mistakes import Mistakes, nearest
from tangga.rules.names import PERSON_TABLE
from tangga.rules.toml_file import Spot, read_toml
from tangga.web.pack import pack
from tangga.web.policy.book import book

FILE = "work/climb.toml"
KEYS: Mapping[str, Mapping[str, type]] = {
    "moves": {
        "graduation": str,
        "prevention": str,
        "cap_decision": str,
        "cap_move": str,
        "empowerment_plan": str,
        "fall_review": str,
        "up": dict,
        "back": dict,
    },
    "rungs": {"up": str, "watched": str, "graduated": str, "supported": str, "reviewed": list},
    "cap": {"assessed_months": int},
    "review": {"events": list, "visits": list},
    "group": {"programme": str, "leading": list, "member": str, "check_ups": list},
    "place": {"package": str, "watch_package": str, "beside": list, "held": str},
    "work": {"pilar": str},
}


@dataclass(frozen=True)
class Wanted:
    """All of it; the keys are those of the file. up: rung -> move; back: rung -> move."""

    moves: Mapping[str, str]
    up: Mapping[str, str]
    back: Mapping[str, str]
    above: str
    watched: str
    graduated: str
    supported: str
    reviewed: tuple[str, ...]
    assessed_months: int
    shocks: tuple[str, ...]
    visits: tuple[int, ...]
    programme: str
    leading: tuple[str, ...]
    member: str
    check_ups: tuple[int, ...]
    package: str
    watch_package: str
    beside: tuple[str, ...]
    held_fact: str
    pilar: str


@cache
def wanted() -> Wanted:
    """Read once a process. BadPack naming every mistake with file, line and key."""
    folder = pack().dir
    mistakes = Mistakes(folder)
    file = read_toml(folder / FILE, mistakes)
    data = file.data if file is not None else {}
    if file is not None:
        for part, keys in KEYS.items():
            spot = file.top.at(part)
            _whole(data.get(part), keys, spot)
        mistakes.raise_if_any()
        _known(data, file.top)
    mistakes.raise_if_any()
    moves, rungs, group = data["moves"], data["rungs"], data["group"]
    return Wanted(
        moves={name: one for name, one in moves.items() if isinstance(one, str)},
        up=moves["up"],
        back=moves["back"],
        above=rungs["up"],
        watched=rungs["watched"],
        graduated=rungs["graduated"],
        supported=rungs["supported"],
        reviewed=tuple(rungs["reviewed"]),
        assessed_months=data["cap"]["assessed_months"],
        shocks=tuple(data["review"]["events"]),
        visits=tuple(data["review"]["visits"]),
        programme=group["programme"],
        leading=tuple(group["leading"]),
        member=group["member"],
        check_ups=tuple(group["check_ups"]),
        package=data["place"]["package"],
        watch_package=data["place"]["watch_package"],
        beside=tuple(data["place"]["beside"]),
        held_fact=data["place"]["held"],
        pilar=data["work"]["pilar"],
    )


def _whole(said: object, keys: Mapping[str, type], spot: Spot) -> None:
    """Every key is there, of its type, and no other."""
    if not isinstance(said, dict):
        spot.wrong("is missing, or no table")
        return
    for name in sorted(set(said) - set(keys)):
        spot.at(name).wrong(f"there is no {name!r}", todo=nearest(name, set(keys)))
    for name, kind in keys.items():
        if not isinstance(said.get(name), kind):
            spot.at(name).wrong(f"{name} is missing, or of the wrong type")


def _known(data: Mapping[str, Mapping[str, object]], top: Spot) -> None:
    """What is named is there: moves and programmes in the rules, the rest in the code lists."""
    moves, rungs, group = data["moves"], data["rungs"], data["group"]
    named = [one for one in moves.values() if isinstance(one, str)]
    for part in ("up", "back"):
        said = moves[part]
        assert isinstance(said, dict)
        named += said.values()
        _each(said, pack().codes["rung"].codes, top.at("moves", part))
    _each(named, book().policy.moves, top.at("moves"))
    flat = [one for said in rungs.values() for one in (said if isinstance(said, list) else [said])]
    _each(flat, pack().codes["rung"].codes, top.at("rungs"))
    _each(data["review"]["events"], pack().codes["event"].codes, top.at("review"))  # type: ignore[arg-type]
    _each([group["programme"]], book().policy.programmes, top.at("group"))
    facts = {name for entity, name in book().policy.facts.facts if entity == PERSON_TABLE}
    _each([data["place"]["held"]], facts, top.at("place"))
    roles = [*group["leading"], group["member"]]  # type: ignore[misc]
    _each(roles, pack().codes["group_role"].codes, top.at("group"))


def _each(named: Iterable[object], known: Iterable[str], spot: Spot) -> None:
    there = set(known)
    for one in named:
        if one not in there:
            spot.wrong(f"the pack has no {one!r}", todo=nearest(str(one), there))
