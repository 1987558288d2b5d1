"""What one text says, read in plain Python.

The common forms of a value are read in SQL. Only the distinct values that are not of a common
form come here, once each, and are joined back: so the rules can be plain, and speed does not
depend on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

Value = str | int | bool | Decimal | date | datetime | None

# What people and programs write for "nothing here". Never applied to names.
MISSING = frozenset({"", "-", "--", "---", ".", "null", "none", "nan", "nat", "n/a", "#n/a", "\\n"})


@dataclass(frozen=True)
class Reading:
    """The value of a text, and what is wrong with it (a code of the registry's PROBLEMS).

    year, month: what an incomplete or impossible date still tells.
    """

    value: Value = None
    problem: str | None = None
    year: int | None = None
    month: int | None = None


NOTHING = Reading()


def is_missing(text: str) -> bool:
    """Whether a text stands for nothing."""
    return text.strip().casefold() in MISSING
