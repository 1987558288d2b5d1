"""Who gets a benefit: coverage, leakage, concentration, and incidence by fifths or tenths.

Concentration: Kakwani (1977), Econometrica 45(3); the coefficient is -1 where only the poorest
gets, 0 where all get alike, 1 where only the richest gets. CGH: Coady, Grosh, Hoddinott (2004),
Targeting of Transfers in Developing Countries: the share of the benefit that goes to the poorest
so many, over their share of the people: 1 is no targeting at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tangga.engine.measures.design import Design, Estimate, ratio
from tangga.engine.measures.values import Floats, Ints, Mask, checked
from tangga.errors import UserError

POOREST = 0.4
"""The share of people who are the target where no poverty line says who is."""


@dataclass(frozen=True)
class Targeting:
    """How a benefit meets its target; each a share of 1 with its error, None where it has no value.

    coverage: of the target, who get; undercoverage (exclusion): of the target, who do not.
    inclusion: of those who get, who are not the target; leakage: of the money, what goes to them.
    reach: of all people, who get. target: of all people, who are the target.
    """

    target: Estimate | None
    reach: Estimate | None
    coverage: Estimate | None
    undercoverage: Estimate | None
    inclusion: Estimate | None
    leakage: Estimate | None


def targeting(
    benefit: npt.ArrayLike, target: Mask, weight: npt.ArrayLike, design: Design
) -> Targeting:
    """How a benefit meets its target.

    benefit: money of each household per unit of its weight (per person, if weights are people), 0
    for none; target: which households are meant. Raises UserError where nobody gets anything, and
    for negative or missing money.
    """
    money, w = checked_benefit(benefit, weight)
    gets, meant = (money > 0).astype(float), target.astype(float)
    one = np.ones_like(w)
    share = {"weight": w, "design": design, "share": True}
    return Targeting(
        target=ratio(meant, one, **share),
        reach=ratio(gets, one, **share),
        coverage=ratio(gets * meant, meant, **share),
        undercoverage=ratio((1 - gets) * meant, meant, **share),
        inclusion=ratio(gets * (1 - meant), gets, **share),
        leakage=ratio(money * (1 - meant), money, **share),
    )


def checked_benefit(benefit: npt.ArrayLike, weight: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Money and weights; UserError where somebody's is missing or negative, or nobody gets any."""
    try:
        money, w = checked(benefit, weight)
    except UserError as error:
        raise UserError(f"benefit: {error.what}", todo=error.todo) from None
    if not np.any(money * w > 0):
        raise UserError("nobody gets the benefit", todo="Name a column in which somebody does")
    return money, w


def poorest(rank_by: npt.ArrayLike, weight: npt.ArrayLike, share: float = POOREST) -> Mask:
    """The poorest so many: those whose middle lies within this share of the weight."""
    return places(rank_by, weight) < share


def places(rank_by: npt.ArrayLike, weight: npt.ArrayLike) -> Floats:
    """Where each household stands from the poorest (0) to the richest (1); ties stand together."""
    y, w = checked(rank_by, weight)
    _, tie = np.unique(y, return_inverse=True)
    of_tie = np.bincount(tie, w)
    middle = np.cumsum(of_tie) - of_tie / 2
    return middle[tie] / np.sum(w)


def parts_of(rank_by: npt.ArrayLike, weight: npt.ArrayLike, parts: int) -> Ints:
    """The fifth (or other part) of each household, from 0 for the poorest."""
    return np.minimum((places(rank_by, weight) * parts).astype(np.int64), parts - 1)


def concentration_curve(
    benefit: npt.ArrayLike,
    rank_by: npt.ArrayLike,
    weight: npt.ArrayLike,
    shares: Sequence[float],
) -> Floats:
    """The share of the benefit that the poorest so many get, for each of these shares of people.

    Households of the same rank share what they get evenly, so that their order changes nothing.
    """
    money, w = checked_benefit(benefit, weight)
    y, _ = checked(rank_by, w)
    _, tie = np.unique(y, return_inverse=True)
    people, got = (np.cumsum(np.bincount(tie, each)) for each in (w, w * money))
    start = np.zeros(1)
    across, up = (np.concatenate([start, sums / sums[-1]]) for sums in (people, got))
    return np.interp(np.asarray(shares, dtype=np.float64), across, up)


def concentration(benefit: npt.ArrayLike, rank_by: npt.ArrayLike, weight: npt.ArrayLike) -> float:
    """The concentration coefficient of a benefit: below 0 where the poor get more than others."""
    money, w = checked_benefit(benefit, weight)
    return float(2 * np.sum(w * money * places(rank_by, w)) / np.sum(w * money) - 1)


def concentration_influence(
    benefit: npt.ArrayLike, rank_by: npt.ArrayLike, weight: npt.ArrayLike
) -> Floats:
    """How the coefficient changes with each household's weight.

    As for the Gini (Langel and Tille 2013), money being summed from the other end of the ranking.
    """
    money, w = checked_benefit(benefit, weight)
    y, _ = checked(rank_by, w)
    n, total = np.sum(w), np.sum(w * money)
    place = places(y, w)
    _, tie = np.unique(y, return_inverse=True)
    of_tie = np.bincount(tie, w * money)
    richer = (total - np.cumsum(of_tie) + of_tie / 2)[tie]
    c = 2 * np.sum(w * money * place) / total - 1
    mean_of_places = (1 + c) / 2
    moved = money * place + richer / n - mean_of_places * total / n
    return 2 * (moved - mean_of_places * money) / total


def cgh(
    benefit: npt.ArrayLike,
    rank_by: npt.ArrayLike,
    weight: npt.ArrayLike,
    share: float = POOREST,
) -> float:
    """Coady, Grosh and Hoddinott's ratio: what the poorest so many get, over how many they are."""
    if not 0 < share <= 1:
        raise UserError(f"the poorest {share}: a share is above 0 and at most 1")
    return float(concentration_curve(benefit, rank_by, weight, [share])[0] / share)


@dataclass(frozen=True)
class Part:
    """One fifth or tenth. coverage: of its people, who get; of_receivers: of those who get, who are
    in it; of_benefit: of the money, what goes to it; each_gets: money for each who gets, None where
    nobody does; of_outcome: the money as a share of what its people have."""

    people: float
    coverage: Estimate | None
    of_receivers: Estimate | None
    of_benefit: Estimate | None
    each_gets: float | None
    of_outcome: float | None


def incidence(
    benefit: npt.ArrayLike,
    rank_by: npt.ArrayLike,
    weight: npt.ArrayLike,
    design: Design,
    parts: int = 5,
) -> list[Part]:
    """Benefit incidence: who gets, and how much, by fifths (or other parts) of the people.

    Errors take the borders between the parts as given.
    """
    money, w = checked_benefit(benefit, weight)
    y, _ = checked(rank_by, w)
    part = parts_of(y, w, parts)
    return [_part(part == number, money, y, w, design) for number in range(parts)]


def _part(inside: Mask, money: Floats, y: Floats, w: Floats, design: Design) -> Part:
    gets, one = (money > 0).astype(float), np.ones_like(w)
    got, has = np.sum((w * money)[inside]), np.sum((w * y)[inside])
    receiving = np.sum((w * gets)[inside])
    return Part(
        people=float(np.sum(w[inside]) / np.sum(w)),
        coverage=ratio(gets, one, w, design, share=True, within=inside),
        of_receivers=ratio(gets * inside, gets, w, design, share=True),
        of_benefit=ratio(money * inside, money, w, design, share=True),
        each_gets=float(got / receiving) if receiving else None,
        of_outcome=float(got / has) if has else None,
    )
