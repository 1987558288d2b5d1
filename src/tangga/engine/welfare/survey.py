"""A survey as a model learns from it: outcome, weights, design and features of households."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tangga.engine.welfare.columns import Codes, Floats, Ints, Mask, Table
from tangga.engine.welfare.spec import Spec


@dataclass(frozen=True)
class LeftOut:
    """Households of a file that cannot be learnt from, and why.

    reason: a code ([left_out] of `texts.toml`). rows: how many. lines: where the first few stand:
    lines of a file of text, its heading line 1, or records of a Parquet file, from 1; counted says
    which (`line`, `record`).
    """

    reason: str
    rows: int
    lines: tuple[int, ...]
    counted: str = "line"

    def as_dict(self) -> dict[str, object]:
        """JSON-plain."""
        lines = {"lines": list(self.lines), "counted": self.counted}
        return {"reason": self.reason, "rows": self.rows, **lines}


@dataclass(frozen=True)
class Survey:
    """Households that can be learnt from; what was left out is counted in `left_out`.

    rows: households of the file. lines: their records in it, from 1. outcome: per person, in the
    spec's unit, as it is (not its logarithm). weight: of a household. members: of a household.
    cluster, stratum: numbers from 0. line: a poverty line for each, NaN where there is none. table:
    the features by name.
    """

    file: Path
    spec: Spec
    rows: int
    lines: Ints
    outcome: Floats
    weight: Floats
    members: Floats
    cluster: Ints
    stratum: Ints
    line: Floats
    table: Table
    groups: Mapping[str, Codes]
    left_out: tuple[LeftOut, ...]

    def __len__(self) -> int:
        return len(self.outcome)

    @property
    def people(self) -> Floats:
        """Weights of whom the figures speak: of people, or of households where the spec says so."""
        return self.weight * self.members if self.spec.people else self.weight

    def take(self, which: Mask | Ints) -> Survey:
        """Some of the households (a fold, a bootstrap sample: one may come twice)."""
        from dataclasses import replace

        names = ("lines", "outcome", "weight", "members", "cluster", "stratum", "line")
        taken = {name: getattr(self, name)[which] for name in names}
        groups = {name: Codes(g.codes[which], g.words) for name, g in self.groups.items()}
        return replace(self, **taken, groups=groups, table=self.table.take(which))
