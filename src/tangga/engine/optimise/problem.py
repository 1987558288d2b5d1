"""What is to be planned, as arrays: families by area and state, what an intervention does, limits.

Nothing here knows where the numbers come from, so that a test or a benchmark builds them directly.
The letters: A areas, S states of a family, K interventions, T years. Activity 0 is to continue as
today; activity k is the intervention k - 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

GRADUATIONS, POOR_YEARS = "graduations", "poor-years"
AIMS = (GRADUATIONS, POOR_YEARS)


@dataclass(frozen=True)
class Effects:
    """What becomes of a family of a state that starts an intervention: stated, never measured here.

    graduates: (S, K) chance to graduate. lasts: (S, K) chance that who graduated still stands after
    twelve months. avoided: (S, K) expected years in poverty avoided. years: (K,) whole years that
    it takes, at least 1. older: (S,) the state a year later of who only continues. ends_first,
    back_first: (K,) of who starts in the first year, of which only some months are left: years
    until the one in which it ends, and until the one in which who did not graduate is back; None
    where the first year is as long as the others.
    """

    graduates: Floats
    lasts: Floats
    avoided: Floats
    years: Ints
    older: Ints
    ends_first: Ints | None = None
    back_first: Ints | None = None

    def ends(self, year: int) -> Ints:
        """(K,) the year in which it ends for who starts in this one."""
        late = self.ends_first if year == 0 else None
        return year + self.years - 1 if late is None else late

    def back(self, year: int) -> Ints:
        """(K,) years after which who started in this one and did not graduate is back."""
        late = self.back_first if year == 0 else None
        return self.years if late is None else late

    def __post_init__(self) -> None:
        for name in ("graduates", "lasts"):
            chance = getattr(self, name)
            if ((chance < 0) | (chance > 1)).any():
                raise ValueError(f"{name} is a chance, from 0 to 1")
        if (self.years < 1).any():
            raise ValueError("an intervention takes a year at least")


@dataclass(frozen=True)
class Limit:
    """One limit of one year: at most `capacity` of what the families of some areas use.

    areas: (n,) which areas share it. uses: (S, K + 1) what each family uses in the year in which it
    starts an activity; may be negative (a least, turned round). goes_on: the same for each later
    year that the activity takes, None where nothing is used then. price: what one of it lacking
    costs, in units of the aim; None where the limit is hard. taken: what of the figure was no
    longer there (capacity is without it).
    what, area, focus: of what sort it is and whose, for the words.
    """

    what: str
    area: str
    year: int
    areas: Ints
    uses: Floats
    capacity: float
    focus: str = ""
    goes_on: Floats | None = None
    price: float | None = None
    taken: float = 0.0


@dataclass(frozen=True)
class Goal:
    """So many graduations that an area is to reach in a year; what is lacking is priced."""

    area: str
    year: int
    areas: Ints
    least: float
    price: float


@dataclass(frozen=True)
class Problem:
    """families: (A, S) today. may: (S, K) or (A, S, K) for whom an intervention is. years: T.
    later: share by which a result counts less for each year that it comes later. aim: one of
    AIMS."""

    families: Floats
    may: Flags
    effects: Effects
    years: int
    limits: tuple[Limit, ...] = ()
    goals: tuple[Goal, ...] = ()
    later: float = 0.0
    aim: str = GRADUATIONS
    area_names: tuple[str, ...] = field(default=())

    @property
    def allowed(self) -> Flags:
        """(A, S, K + 1): who may start what; to continue may everybody."""
        areas, states = self.families.shape
        may = np.broadcast_to(self.may, (areas, states, self.may.shape[-1]))
        return np.concatenate([np.ones((areas, states, 1), dtype=bool), may], axis=2)

    def worth(self, year: int) -> Floats:
        """(S, K + 1): what the aim gains by one family that starts an activity in a year.

        A graduation counts in the year in which the activity ends. One that takes longer than the
        years that are planned does not count; of who starts in the first year, which may be short,
        it counts although it ends in the year after the last.
        """
        effects = self.effects
        ends = effects.ends(year)
        gain = effects.graduates * effects.lasts if self.aim == GRADUATIONS else effects.avoided
        counted = np.where(year + effects.years <= self.years, (1 - self.later) ** ends, 0.0)
        return np.concatenate([np.zeros((len(gain), 1)), gain * counted], axis=1)
