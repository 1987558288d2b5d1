"""The households of a survey and whom they stand for, as the report measures them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tangga.engine.measures.design import Design, Estimate, estimate
from tangga.engine.measures.values import Floats, Mask
from tangga.engine.welfare.survey import Survey


@dataclass(frozen=True)
class People:
    """The households of a survey and whom they stand for. y: per person; w: people (or households,
    where the spec says so); line: one each, None without any; drawn: False for a census."""

    survey: Survey
    y: Floats
    w: Floats
    line: Floats | None
    design: Design
    drawn: bool

    def figure(
        self, value: float, influence: Floats, *, share: bool = False, within: Mask | None = None
    ) -> Estimate:
        """A figure with its error; without one for a census, where nothing was drawn."""
        if not self.drawn:
            households = len(self.w) if within is None else int(np.count_nonzero(within))
            return Estimate(value, None, None, None, households)
        return estimate(value, influence, self.w, self.design, share=share, within=within)
