"""A role: what it may do, where, and how much of each class of columns it sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tangga.registry.privacy import PRIVACY_LABELS, Sight

LEVELS: dict[str, int] = {"country": 0, "province": 2, "regency": 4, "district": 6, "village": 10}
"""Each level of area with the digits of its codes, the widest first."""

SIGHTS: tuple[Sight, ...] = ("full", "masked", "hidden")

VERBS = (
    "figures",
    "families",
    "search",
    "sources",
    "lists",
    "export",
    "reveal",
    "upload",
    "jobs",
    "propose_release",
    "approve_release",
    "rollback",
    "accounts",
    "audit",
    "lookers",
    "case",
    "policy",
    "tokens",
    "propose",
    "endorse",
    "verify",
    "recommend",
    "sign",
    "send_up",
    "duplicates",
    "visit",
    "assign",
    "move_propose",
    "move_check",
    "move_decide",
    "empower",
    "programmes",
    "rounds",
    "determine",
    "deliver",
    "counter",
    "appeals_take",
    "appeals_check",
    "appeals_decide",
    "objectors",
    "plan_propose",
    "plan_decide",
    "simulate",
    "papers",
    "delegate",
    "subject",
)
"""What pages ask for; a pack describes each of them, and can add none."""

ABOUT_FAMILIES = frozenset(
    {
        "families",
        "search",
        "sources",
        "lists",
        "export",
        "reveal",
        "lookers",
        "case",
        "propose",
        "endorse",
        "verify",
        "recommend",
        "sign",
        "send_up",
        "duplicates",
        "visit",
        "move_propose",
        "move_check",
        "move_decide",
        "empower",
        "rounds",
        "determine",
        "deliver",
        "counter",
        "appeals_take",
        "appeals_check",
        "appeals_decide",
        "objectors",
        "papers",
        "subject",
    }
)
"""Verbs that show a family to somebody."""

NOT_BY_CASE = frozenset({"search", "sources", "export", "reveal", "tokens"})
"""Those of them that cannot be kept to the families that have a case."""

SECOND_FACTOR = frozenset(
    {"reveal", "export", "case", "accounts", "audit", "tokens"}
    | {"sign", "determine", "move_decide", "appeals_decide", "duplicates", "rounds", "subject"}
)
"""Verbs that nobody uses by a password alone."""

LIMITS: dict[str, str] = {"reveals_a_day": "reveal", "export_rows": "export"}
"""Each limit with the verb that it bounds: who has the verb has the limit, and nobody else."""


def level_of(area: str) -> str | None:
    """The level of an area's code; None where no level has so many digits."""
    return next((level for level, digits in LEVELS.items() if digits == len(area)), None)


@dataclass(frozen=True)
class Verb:
    """Something that a role can be allowed to do; whole: only over the whole register."""

    code: str
    labels: Mapping[str, str]
    whole: bool = False


@dataclass(frozen=True)
class Role:
    """A role. ValueError where what it says cannot stand together."""

    code: str
    labels: Mapping[str, str]
    levels: tuple[str, ...]
    verbs: frozenset[str]
    second_factor: bool
    sees: Mapping[str, Sight]
    limits: Mapping[str, int]
    why: str
    cases_only: bool = False

    def __post_init__(self) -> None:
        for wrong in _wrong(self):
            raise ValueError(wrong)

    def label(self, language: str) -> str:
        """Its name."""
        return self.labels[language]

    def sight(self, privacy: str) -> Sight:
        """How it sees a class of columns; a class that nobody declared is hidden."""
        return self.sees.get(privacy, "hidden")

    def may_hold(self, area: str) -> bool:
        """Whether a post of this role may be given for an area of that level."""
        return level_of(area) in self.levels

    @property
    def about_families(self) -> bool:
        """Whether it sees any family."""
        return bool(self.verbs & ABOUT_FAMILIES)


@dataclass(frozen=True)
class Access:
    """Every verb, role and purpose of a pack, by code, in the order of the file.

    purposes: for what a number may be shown in full, in each language.
    """

    verbs: Mapping[str, Verb]
    roles: Mapping[str, Role]
    purposes: Mapping[str, Mapping[str, str]]


def _wrong(role: Role) -> list[str]:
    """What cannot stand together in a role."""
    seen = {name for name, sight in role.sees.items() if sight != "hidden" and name != "open"}
    found = [
        (bool(set(role.levels) - set(LEVELS)) or not role.levels, "levels of area"),
        (bool(role.verbs - set(VERBS)), "a verb that no page knows"),
        (set(role.sees) != set(PRIVACY_LABELS), "sees: each class of columns exactly once"),
        (bool(set(role.sees.values()) - set(SIGHTS)), "sees: full, masked or hidden"),
        (role.sees.get("open") != "full", "sees: what is open is open to everybody"),
        (
            {"propose_release", "approve_release"} <= role.verbs and not role.second_factor,
            "who releases needs a second factor",
        ),
        ("accounts" in role.verbs and role.about_families, "who gives accounts sees no family"),
        (bool(seen) and not role.about_families, "sees more than open, but no family"),
        (
            ("case" in role.verbs) != (role.sees.get("case") != "hidden"),
            "the verb case and sight of case data go together",
        ),
        (
            role.cases_only and ("case" not in role.verbs or bool(role.verbs & NOT_BY_CASE)),
            "cases_only goes with the verb case, and without verbs that reach every family",
        ),
        ("export" in role.verbs and role.sees.get("case") != "hidden", "cases are never exported"),
        (
            bool(role.verbs & SECOND_FACTOR) and not role.second_factor,
            "such verbs need a second factor",
        ),
        (
            {limit for limit, verb in LIMITS.items() if verb in role.verbs} != set(role.limits),
            "limits: exactly those of its verbs",
        ),
        (any(most < 1 for most in role.limits.values()), "limits: at least 1"),
    ]
    return [what for wrong, what in found if wrong]
