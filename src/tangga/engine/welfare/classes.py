"""Classes by consumption, as the policy of a pack dates them: multiples of the poverty line.

They are for what somebody spends, as a survey measured it. A decile says who comes before whom,
and no class is ever read off one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tangga.errors import UserError
from tangga.registry import load_pack
from tangga.rules.load import load_policy
from tangga.rules.on_date import CONSUMPTION, Policy
from tangga.rules.policy import Labels, Period
from tangga.rules.versions import span


@dataclass(frozen=True)
class Classes:
    """The classes of a day, poorest first.

    cuts: the multiples of the poverty line between them, one fewer than classes; at a cut a
    household is in the class above. period: from when they hold, and on what they rest.
    """

    ids: tuple[str, ...]
    labels: tuple[Labels, ...]
    cuts: tuple[float, ...]
    period: Period


def classes_of(pack: str | Path, on: date) -> Classes:
    """The classes that a pack names, as they hold on a day. UserError where it has none then."""
    return classes_on(load_policy(load_pack(pack)), on)


def classes_on(policy: Policy, on: date) -> Classes:
    """The same of a policy that was read."""
    rule = policy.settings.get(CONSUMPTION)
    if rule is None:
        todo = "Write [[consumption]] with its classes in policy/classes.toml"
        raise UserError("the policy has no classes by consumption", todo=todo)
    version = rule.on(on)
    if version is None:
        there_are = ", ".join(span(one.period) for one in rule.versions)
        raise UserError(f"no classes by consumption hold on {on}: there are {there_are}")
    listed = version.says["class"]
    return Classes(
        ids=tuple(one["id"] for one in listed),
        labels=tuple(one["labels"] for one in listed),
        cuts=tuple(float(one["from"]) for one in listed[1:]),
        period=version.period,
    )
