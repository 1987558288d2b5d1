"""A small welfare model written by hand, of facts that the Indonesian register has.

write_model(hand_model(), workspace / "model")
"""

from __future__ import annotations

from dataclasses import replace
from math import log
from pathlib import Path

import numpy as np
from scipy.special import ndtri

from tangga.engine.welfare.model import Effect, Model, Spread
from tangga.engine.welfare.spec import Feature

SIGMA = 0.4
MEMBERS = Effect(Feature("members", "members", "members", "numeric", monotone=-1), slope=-150_000)
FLOOR = Effect(
    Feature("floor", "floor", "floor", "categorical", groups={"marble": "tile"}),
    levels={"tile": 300_000, "cement": 0, "earth": -400_000},
)
FRIDGE = Effect(
    Feature("fridge", "fridge", "owns_fridge", "numeric", missing="average"),
    slope=250_000, missing=100_000, doubt=0.01, centre=100_000,
)  # fmt: skip
AGE = Effect(
    Feature("age", "age", "head_born", "numeric", missing="average"),
    slope=2_000, missing=80_000, doubt=0.002, centre=80_000,
)  # fmt: skip
REGION = Effect(
    Feature("region", "region", "regency", "categorical", missing="average"),
    levels={"1771": 100_000, "1811": -50_000}, missing=0, doubt=0.01,
)  # fmt: skip


def hand_model(
    *effects: Effect, version: str = "hand-1", speak_of: str = "people", **given: object
) -> Model:
    """Of the logarithm of rupiah per person and month, with normal errors of one size."""
    chances = np.clip(np.linspace(0, 1, 2001), 1e-9, 1 - 1e-9)
    model = Model(
        version=version,
        log=True,
        unit="rupiah per person and month",
        intercept=13_800_000,
        effects=effects or (MEMBERS, FLOOR, FRIDGE, AGE, REGION),
        spread=Spread(2 * log(SIGMA), 0.0, (), SIGMA, SIGMA),
        quantiles=tuple(ndtri(chances)),
        cuts={0.2: log(600_000), 0.4: log(850_000)},
        chosen={},
        held=0.1,
        persistence=0.6,
        shock=0.15,
        about={"speak_of": speak_of},
    )
    return replace(model, **given)  # type: ignore[arg-type]


def pack_that_ranks_itself(folder: Path) -> Path:
    """A copy of the Indonesian pack in which nobody else ranks."""
    import shutil

    from tangga.registry.load import pack_dir

    pack = folder / "pack"
    shutil.copytree(pack_dir("indonesia"), pack)
    text = (pack / "pack.toml").read_text()
    start, end = text.index("[ranking]"), text.index("# What a national number")
    (pack / "pack.toml").write_text(text[:start] + text[end:])
    return pack
