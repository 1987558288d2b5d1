"""Of whom a fact of a person needs the family at all, in SQL.

Most facts of a person that speak of the family are settled by the person alone: who cares for
nobody is no sole carer, whoever else lives there. So families are looked at only where that is not
so; for all others the family's facts may be left out, and Kleene's logic gives the same answer.
"""

from __future__ import annotations

from collections.abc import Callable

from tangga.rules.conditions import PERSON, All, AnyOf, Condition, Not, facts_used

Say = Callable[[Condition], str | None]
"""A condition on the person alone as SQL; None where it reads what is not worked out yet."""


def needs_family(condition: Condition, say: Say) -> str | None:
    """SQL that is TRUE wherever the answer can depend on the family; None: nowhere."""
    if all(entity == PERSON for entity, _ in facts_used(condition, PERSON)):
        return None
    match condition:
        case Not(part):
            return needs_family(part, say)
        case All(of):
            return _needs_of_parts(of, "FALSE", say)
        case AnyOf(of):
            return _needs_of_parts(of, "TRUE", say)
        case _:
            return "TRUE"


def _needs_of_parts(of: tuple[Condition, ...], settles: str, say: Say) -> str:
    """One part that is `settles` answers for all of them, so that no other part matters."""
    asking, alone = [], []
    for part in of:
        needed = needs_family(part, say)
        if needed is not None:
            asking.append(needed)
        elif (said := say(part)) is not None:
            alone.append(f"({said}) IS NOT {settles}")
    return " AND ".join([*alone, f"({' OR '.join(asking)})"])
