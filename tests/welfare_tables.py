"""Small invented surveys for the tests of welfare models."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from tangga.engine.welfare.columns import Codes, Numbers, Table, codes_of
from tangga.engine.welfare.spec import Feature, Grouping, Spec
from tangga.engine.welfare.survey import Survey

SIZE = Feature("size", "size", "size", "numeric", transform="log1p", monotone=-1)
ROOF = Feature("roof", "roof", "roof", "categorical", missing="own")

SPEC = Spec(
    file=Path("spec.toml"),
    version="test",
    outcome="consumption",
    kind="consumption",
    per="person",
    log=True,
    unit="per person and month",
    weight="weight",
    members="members",
    people=True,
    cluster="village",
    strata=("district",),
    region=None,
    features=(SIZE, ROOF),
    groupings=(Grouping("place", "place"),),
    correction=False,
    cutoff="quota",
    line=None,
    folds=5,
    repeats=50,
    seed=1,
    held=0.1,
    spread=(),
    persistence=0.6,
    shock=0.0,
    text="",
)


def survey_of(outcome: object, **columns: object) -> Survey:
    """A survey of so many households; every column not given is as plain as can be."""
    y = np.asarray(outcome, dtype=float)
    n = len(y)

    def column(name: str, plain: object, kind: type) -> np.ndarray:
        return np.broadcast_to(np.asarray(columns.get(name, plain), dtype=kind), n).copy()

    table = columns.get("table")
    if table is None:
        table = Table({"size": Numbers(np.ones(n)), "roof": Codes(np.zeros(n, int), ["tile"])}, n)
    groups = columns.get("groups", {})
    spec = columns.get("spec", SPEC)
    assert isinstance(spec, Spec) and isinstance(table, Table) and isinstance(groups, dict)
    return Survey(
        file=Path("survey.csv"),
        spec=spec,
        rows=n,
        lines=np.arange(n) + 1,
        outcome=y,
        weight=column("weight", 1.0, float),
        members=column("members", 1.0, float),
        cluster=column("cluster", np.arange(n), int),
        stratum=column("stratum", 0, int),
        line=column("line", np.nan, float),
        table=table,
        groups=groups,
        left_out=(),
    )


def invented(households: int = 400, villages: int = 40, seed: int = 1, **spec: object) -> Survey:
    """A survey drawn from a known truth: size and roof tell about half of what there is."""
    random = np.random.default_rng(seed)
    village = np.sort(random.integers(0, villages, households))
    members = random.integers(1, 9, households)
    roof = random.choice(["thatch", "tin", "tile"], households, p=[0.3, 0.4, 0.3])
    worth = {"thatch": -0.4, "tin": 0.0, "tile": 0.3}
    known = 8 - 0.5 * np.log1p(members) + np.array([worth[r] for r in roof])
    unknown = random.normal(0, 0.1, villages)[village] + random.normal(0, 0.3, households)
    place = np.where(village % 3 == 0, "town", "country")
    return survey_of(
        np.exp(known + unknown),
        spec=replace(SPEC, **spec),  # type: ignore[arg-type]
        weight=random.uniform(10, 50, villages)[village],
        members=members,
        cluster=village,
        stratum=village % 2,
        line=1500.0,
        table=Table({"size": Numbers(members * 1.0), "roof": codes_of(list(roof))}, households),
        groups={"place": codes_of(list(place))},
    )
