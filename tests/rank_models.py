"""Small welfare models made by hand, of facts that the small register holds."""

from __future__ import annotations

import numpy as np

from tangga.engine.welfare.columns import Codes, Numbers, Table, codes_of
from tangga.engine.welfare.model import Effect, Model, Spread
from tangga.engine.welfare.spec import Feature

FLOOR = Feature(
    "floor", "floor", "floor", "categorical", labels={"id": "Lantai", "en": "Floor"},
    groups={"marble": "tile"},
)  # fmt: skip
MEMBERS = Feature(
    "members", "members", "members", "numeric", transform="log1p", low=1.0, high=12.0,
    labels={"id": "Jumlah anggota", "en": "Members"},
)  # fmt: skip
ROOF = Feature("roof", "roof", "roof", "categorical", missing="own")
TOILET = Feature("toilet", "toilet", "toilet", "categorical", missing="average")
FRIDGE = Feature("fridge", "fridge", "owns_fridge", "numeric", low=0.0, high=1.0)

EFFECTS = (
    Effect(FLOOR, levels={"earth": -130_000, "cement": 0, "tile": 170_000}, centre=40_000),
    Effect(MEMBERS, slope=-310_000.0, starts=(3.0,), steps=(0, -20_000), centre=-490_000),
    Effect(ROOF, levels={"thatch": -50_000, "tin": 2_000}, missing=-30_000),
    Effect(
        TOILET, levels={"none": -90_000, "own": 40_000}, missing=10_000, doubt=0.01, centre=10_000
    ),
    Effect(FRIDGE, slope=150_000.0, centre=80_000),
)
SPREAD = Spread(-2.0, 0.0, (), 0.2, 0.8)


def model_of(effects: tuple[Effect, ...] = EFFECTS, *, log: bool = True, **other: object) -> Model:
    """A model of these effects; errors are spread evenly, so that chances are easily told."""
    given: dict[str, object] = {
        "version": "uji-1",
        "log": log,
        "unit": "rupiah per orang dan bulan",
        "intercept": 14_100_000,
        "effects": effects,
        "spread": SPREAD,
        "quantiles": tuple(np.linspace(-3, 3, 101).tolist()),
        "cuts": {0.2: 13.2, 0.4: 13.55},
        "chosen": {},
        "held": 0.1,
        "persistence": 0.6,
    }
    return Model(**(given | other))  # type: ignore[arg-type]


def drawn(families: int, seed: int = 1) -> Table:
    """Families with answers drawn at random, some missing, some that no survey knew."""
    random = np.random.default_rng(seed)

    def words(*some: str) -> Codes:
        chosen = random.choice(some, families)
        return codes_of([None if word == "-" else str(word) for word in chosen])

    return Table(
        {
            "floor": words("earth", "cement", "tile", "marble", "-"),
            "members": Numbers(random.integers(1, 10, families).astype(float)),
            "roof": words("thatch", "tin", "-"),
            "toilet": words("none", "own", "hole", "-"),
            "fridge": Numbers(random.integers(0, 2, families).astype(float)),
        },
        families,
    )
