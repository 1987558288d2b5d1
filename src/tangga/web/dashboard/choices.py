"""Which figure the picture of the areas shows: chosen by the address, from a short list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from tangga.texts import Language
from tangga.web.dashboard.words import in_order, key_label
from tangga.web.lists.definitions import UNKNOWN, WHOLE, definitions, figures

FAMILIES, PEOPLE = "families", "people"
POOREST = "1"


class Choice(NamedTuple):
    """A figure and key; of: the figure of which its share is told too, '' for none."""

    figure: str
    key: str = WHOLE
    of: str = ""

    @property
    def name(self) -> str:
        """What stands in the address."""
        return f"{self.figure}:{self.key}" if self.key else self.figure


def choices() -> Sequence[Choice]:
    """Every choice; the first is shown unless another is asked for."""
    lowest = in_order("rung")[:1]
    return (
        Choice(FAMILIES),
        Choice(PEOPLE),
        Choice("families_by_decile", POOREST, FAMILIES),
        Choice("families_by_decile", UNKNOWN, FAMILIES),
        *(Choice("families_by_rung", rung, FAMILIES) for rung in lowest),
        Choice("near_cap", WHOLE, FAMILIES),
        Choice("cap_queue", WHOLE, FAMILIES),
        Choice("visits_asked", WHOLE, FAMILIES),
    )


def chosen(asked: str) -> Choice:
    """The choice of that name; the first for any other."""
    return next((one for one in choices() if one.name == asked), choices()[0])


def label(choice: Choice, language: Language, day: date) -> str:
    """What the figure counts, in words."""
    figure = figures()[choice.figure]
    definition = definitions()[figure.list]
    if not figure.by:
        return definition.label(language)
    return key_label(definition.filters[figure.by], choice.key, language, day)


def full_label(choice: Choice, language: Language, day: date) -> str:
    """The same with the list that it is a part of: Keluarga: Desil 1."""
    of = definitions()[figures()[choice.figure].list].label(language)
    return f"{of}: {label(choice, language, day)}" if choice.key else of
