"""Houses and belongings, a row a family that Regsosek visited, with Regsosek's family id."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tangga.synthetic import cells
from tangga.synthetic.draw import Ints
from tangga.synthetic.flags import Flags
from tangga.synthetic.looks import LOOKS
from tangga.synthetic.peoples import family_ids
from tangga.synthetic.records import Population, covered
from tangga.synthetic.sheet import Sheet

SCALES = {
    # column: codes of the form from the poorest answer to the best, and where each begins
    "lantai": (["8", "7", "6", "5", "4", "2"], [0.0, 0.06, 0.1, 0.55, 0.62, 0.7]),
    "dinding": (["6", "4", "3", "2", "1"], [0.0, 0.04, 0.12, 0.3, 0.38]),
    "atap": (["7", "3", "4", "2", "1"], [0.0, 0.03, 0.4, 0.5, 0.97]),
    "air_minum": (["9", "6", "5", "4", "2", "1"], [0.0, 0.06, 0.2, 0.45, 0.7, 0.92]),
    "penerangan": (["4", "3", "2", "1"], [0.0, 0.01, 0.03, 0.08]),
    "daya": (["1", "2", "3", "4"], [0.0, 0.4, 0.8, 0.95]),
    "bahan_bakar": (["10", "4", "3", "2"], [0.0, 0.15, 0.93, 0.97]),
    "jamban": (["6", "3", "2", "1"], [0.0, 0.06, 0.1, 0.17]),
    "kloset": (["4", "2", "1"], [0.0, 0.1, 0.18]),
}
"""Numbers as in the form; the descriptor says what each means."""

ASSETS = {"kulkas": 0.35, "motor": 0.2, "mobil": 0.9, "ponsel": 0.08, "komputer": 0.82, "ac": 0.93}
"""From which welfare on a family usually owns it."""


TENURES = ["1", "2", "3", "4"]
HERDS = {"sapi": 0.12, "kambing": 0.16}
"""Share of families that keep any."""
NOT_ASKED = -1

Answers = dict[str, Ints]
"""Question -> what each family answers: the place in the codes of SCALES or TENURES, a number, or
for assets 1 and 0; NOT_ASKED where it is not asked."""


def make_dwellings(population: Population) -> Sheet:
    """A row a field family, in order of its id."""
    family, number, house = _visited(population)
    source_id = cells.digits(number, 8)
    table = pa.table(
        {"id_keluarga": source_id, "nokk": _cards(population, family)}
        | {name: _cell(name, answer) for name, answer in house.items()}
    )
    none = np.full(len(family), -1)
    rows = np.arange(len(family))
    return Sheet("rumah", table, source_id, rows, none, Flags(len(family)), family=family)


def houses(population: Population) -> Answers:
    """Houses and belongings of all families, also of those that Regsosek did not visit."""
    visited, _, seen = _visited(population)
    welfare = population.families.welfare
    found = _house(population.dice.stream("houses nobody visited"), welfare)
    for name, answer in seen.items():
        found[name][visited] = answer
    return found


def code_of(name: str) -> list[str] | None:
    """The codes of the form among which an answer is a place; None for a number."""
    if name in ASSETS:
        return ["2", "1"]
    return TENURES if name == "status_rumah" else SCALES.get(name, (None, None))[0]


def _visited(population: Population) -> tuple[Ints, Ints, Answers]:
    """The families that Regsosek saw, in order of its number for them, and what they answered."""
    rng = population.dice.stream("sheet rumah")
    look = LOOKS["regsosek"]
    seen_then = covered(population, look) & (population.families.formed < look.as_of - 60)
    ids = family_ids(population, "regsosek")[: len(population.families)]
    family = np.flatnonzero(seen_then)
    family = family[np.argsort(ids[family])]
    return family, ids[family], _house(rng, population.families.welfare[family])


def _cards(population: Population, family: Ints) -> pa.Array:
    families = population.families
    card = np.where(families.host[family] >= 0, families.host[family], family)
    then = LOOKS["regsosek"].as_of
    number = np.where(families.kk_changed[card] > then, families.old_kk[card], families.kk[card])
    return cells.digits(number, 16)


def _cell(name: str, answer: Ints) -> pa.Array:
    codes = code_of(name)
    if codes is None:
        return cells.digits(answer)
    return cells.blank(cells.coded(np.maximum(answer, 0), codes), answer == NOT_ASKED)


def _house(rng: np.random.Generator, welfare: np.ndarray) -> Answers:
    n = len(welfare)
    found: Answers = {}
    for name, (_, starts) in SCALES.items():
        place = np.clip(welfare + rng.normal(0, 0.15, n), 0, 0.999)
        found[name] = np.searchsorted(starts, place, side="right") - 1
    metered = found["penerangan"] == len(SCALES["penerangan"][0]) - 1
    found["daya"] = np.where(metered, found["daya"], NOT_ASKED)
    area = np.maximum(24 + 70 * welfare + rng.normal(0, 16, n), 9)
    found["luas_lantai"] = area.astype(np.int64)
    found["status_rumah"] = np.where(rng.random(n) < 0.84, 0, rng.integers(1, 4, n))
    for name, start in ASSETS.items():
        found[name] = (welfare + rng.normal(0, 0.18, n) > start).astype(np.int64)
    for name, share in HERDS.items():
        found[name] = np.where(rng.random(n) < share, rng.integers(1, 6, n), 0)
    return found
