"""The pilar sosial: who accompanies which families, and who serves which kecamatan.

A companion of PKH has about 600 neighbouring families, of which some 200 are supported. Planted: in
the kecamatan with most families one companion has three times as many, which is over load; the
kecamatan with the fewest families has no TKSK; and one companion left in the middle of 2025.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tangga.synthetic import cells
from tangga.synthetic.climbs import climbs
from tangga.synthetic.dates import day
from tangga.synthetic.draw import Ints, rank_within
from tangga.synthetic.flags import Flags
from tangga.synthetic.records import Population
from tangga.synthetic.sheet import Sheet, in_given_order
from tangga.synthetic.spelling import plain_names

FAMILIES_A_COMPANION = 600
LOADED = 3
"""So many times the families of others has the companion over load, where there are as many."""
COMPANION, TKSK, TAGANA, PEACE, REHABILITATION = range(5)
PILAR = [
    "Pendamping PKH",
    "TKSK",
    "Tagana",
    "Pelopor Perdamaian",
    "Pendamping Rehabilitasi Sosial",
]
PREFIX = ["PDP-", "TKS-", "TGN-", "PLP-", "PRS-"]
LEFT = day(2025, 7, 1)


@dataclass(frozen=True)
class Companions:
    """of: the companion of each family. district: where each serves, the last being one who left
    in 2025 and whose families the first has had since. other: the colleague who comes in the stead
    of each."""

    of: Ints
    district: Ints
    other: Ints

    @property
    def former(self) -> int:
        """The one who left."""
        return len(self.district) - 1


def companions(population: Population) -> Companions:
    """Neighbouring families share a companion; nobody serves two kecamatan."""
    codes, place = np.unique(district_of(population), return_inverse=True)
    size = np.bincount(place)
    block = rank_within(place) // FAMILIES_A_COMPANION
    loaded = place == np.argmax(size)
    block = np.where(loaded, np.maximum(block - LOADED + 1, 0), block)
    count = np.zeros(len(codes), dtype=np.int64)
    np.maximum.at(count, place, block + 1)
    serves = np.repeat(codes, count)
    serves = serves if len(serves) > 1 else np.repeat(serves, 2)
    first = np.cumsum(count) - count
    other = (np.arange(len(serves)) + 1) % len(serves)
    return Companions(first[place] + block, np.append(serves, codes[0]), np.append(other, 0))


def district_of(population: Population) -> Ints:
    """The kecamatan of each family, six digits."""
    return population.places.district[population.families.village].astype(np.int64)


def tksk_of(population: Population) -> Ints:
    """The kecamatan whose TKSK serves each kecamatan's families, by family: mostly their own."""
    district = district_of(population)
    without = lacks_tksk(population)
    served = np.unique(district[district != without])
    beside = served[np.argmin(np.abs(served - without))] if len(served) else without
    return np.where(district == without, beside, district)


def lacks_tksk(population: Population) -> int:
    """The kecamatan with the fewest families, where there is more than one; else 0."""
    codes, size = np.unique(district_of(population), return_counts=True)
    return int(codes[np.argmin(size)]) if len(codes) > 1 else 0


def worker_ids(pilar: int, number: Ints) -> pa.Array:
    """`PDP-0007` of companion 7; of the others the area that they serve: `TKS-181105`."""
    return cells.together(PREFIX[pilar], cells.digits(number, 4))


def make_workers(population: Population) -> Sheet:
    """A row a worker, with the area and the number of families in their care."""
    rng = population.dice.stream("sheet petugas")
    companion = companions(population)
    districts = np.unique(district_of(population))
    with_tksk = districts[districts != lacks_tksk(population)]
    regencies = np.unique(districts // 100)
    everybody = [companion.district, with_tksk, districts, regencies, regencies]
    number = [np.arange(len(companion.district)), *everybody[1:]]
    kind = np.repeat(np.arange(len(PILAR)), [len(area) for area in everybody])
    n = len(kind)
    cared_for = companion.of[climbs(population).supported]
    load = np.bincount(cared_for, minlength=len(companion.district))
    left = np.arange(n) == companion.former
    like = population.names.words[rng.integers(0, len(population.people), n)]
    since = day(2016) + rng.integers(0, 8 * 365, n)
    table = pa.table(
        {
            "ID_PETUGAS": pa.concat_arrays([worker_ids(*one) for one in enumerate(number)]),
            "PILAR": cells.coded(kind, PILAR),
            "NAMA": plain_names(rng, population.lexicon, like, 0.0),
            "WILAYAH": cells.digits(np.concatenate(everybody)),
            "DAMPINGAN": cells.digits(np.resize(load, n), empty=(kind != COMPANION) | left),
            "MULAI": cells.dates(since, "{y}-{m}-{d}"),
            "SELESAI": cells.dates(np.full(n, LEFT), "{y}-{m}-{d}", empty=~left),
        }
    )
    return in_given_order("petugas", table, "ID_PETUGAS", np.full(n, -1), Flags(n))
