"""A consumption survey drawn from the invented people: what a ranking model learns from.

`survey/survei.csv` is no source of the register: it holds no NIK, no name and no number that
stands in any other file. It is drawn in two stages, as such surveys are: within strata (regency,
town or country) neighbourhoods of about fifty families with chances proportional to their size,
then twelve families of each. Weights make good for that and for those who refused. Consumption is
told with an error; some answers are left out, as on any form. Columns bear the register's names
and codes. Families outside any village are not in its frame, as they are not in a real one's.
"""

from __future__ import annotations

import tomllib
from importlib import resources

import numpy as np
import pyarrow as pa

from tangga.synthetic import cells
from tangga.synthetic.circumstances import (
    BACHELOR,
    ITEMS,
    LOWER,
    NEVER_AT_SCHOOL,
    UPPER,
    ages,
    answers,
)
from tangga.synthetic.draw import Ints, Mask, chance, permuted, rank_within
from tangga.synthetic.dwellings import NOT_ASKED, code_of, houses
from tangga.synthetic.families import TODAY
from tangga.synthetic.living import Homes, in_town, neighbourhoods, poverty_lines, who_lives
from tangga.synthetic.records import Population

CLUSTERS = 60
"""Neighbourhoods drawn of 20,000 people; of others by the root of how many they are."""
CLUSTERS_OF = 20_000
LEAST_A_STRATUM = 2
FAMILIES = 12
REFUSED = 0.05
TOLD = 0.1
"""Standard deviation of the error in the logarithm of consumption that is told."""
LEFT_OUT = 0.02
W900 = 1
"""The place of 900 W among the answers about the meter."""
NEVER_LEFT_OUT = ("floor", "head_sex", "members")
"""What is written down whenever somebody was there at all."""


def draw_survey(population: Population) -> pa.Table:
    """A row a family that answered; nobody's, where fewer than one neighbourhood lives."""
    rng = population.dice.stream("survey")
    homes = who_lives(population)
    family, cluster, weight = _sample(rng, population, homes)
    order = np.lexsort((permuted(rng, len(family)), cluster))
    family, cluster, weight = family[order], cluster[order], weight[order]
    told = population.families.consumption[family] * np.exp(rng.normal(0, TOLD, len(family)))
    places = population.places
    regency = cells.coded(population.families.village[family], [code[:4] for code in places.codes])
    residence = cells.choose(in_town(population)[family], "urban", "rural")
    return pa.table(
        {
            "cluster": cells.digits(cluster),
            "stratum": cells.together(regency, residence, between="-"),
            "regency": regency,
            "residence": residence,
            "weight": pa.array([f"{one:.4f}" for one in weight], type=pa.string()),
            "members": cells.digits(homes.members[family]),
            "consumption": cells.digits(np.rint(told / 1000).astype(np.int64) * 1000),
            "poverty_line": cells.digits(poverty_lines(population)[family]),
            **_with_gaps(rng, _dwelling(population, family) | _members(population, homes, family)),
        }
    )


# --- who is asked ---------------------------------------------------------------------------


def _sample(
    rng: np.random.Generator, population: Population, homes: Homes
) -> tuple[Ints, Ints, np.ndarray]:
    """Families that answered, the number of their cluster, and their weights."""
    families = population.families
    frame = np.flatnonzero((homes.members > 0) & ~families.non_desa)
    area = neighbourhoods(families)
    size = np.bincount(area[frame], minlength=int(area.max()) + 1)
    drawn, chosen = _clusters(rng, population, area, size)
    here = frame[np.isin(area[frame], drawn)]
    here = here[permuted(rng, len(here))]
    asked = here[rank_within(area[here]) < FAMILIES]
    number = np.zeros(len(size), dtype=np.int64)
    number[drawn] = permuted(rng, len(drawn)) + 1
    first = np.zeros(len(size))
    first[drawn] = chosen
    answered = asked[~chance(rng, REFUSED, len(asked))]
    count = np.bincount(area[answered], minlength=len(size))
    at = area[answered]
    return answered, number[at], size[at] / (first[at] * count[at])


def _clusters(
    rng: np.random.Generator, population: Population, area: Ints, size: Ints
) -> tuple[Ints, np.ndarray]:
    """Neighbourhoods drawn, and the chance that each had."""
    village = np.zeros(len(size), dtype=np.int64)
    village[area] = population.families.village
    regency = population.places.regency[village]
    town = np.array([code[6] == "1" for code in population.places.codes])[village]
    stratum = regency * 2 + town
    people = len(population.people)
    wanted = CLUSTERS * (people / CLUSTERS_OF) ** 0.5
    drawn, chances = [], []
    for one in np.unique(stratum):
        here = np.flatnonzero((stratum == one) & (size > 0))
        if not len(here):
            continue
        share = size[here].sum() / size.sum()
        count = min(max(round(wanted * share), LEAST_A_STRATUM), len(here))
        chosen = _in_proportion(size[here], count)
        rows = _systematic(rng, chosen)
        drawn.append(here[rows])
        chances.append(chosen[rows])
    return np.concatenate(drawn), np.concatenate(chances)


def _in_proportion(size: Ints, count: int) -> np.ndarray:
    """Chances that add up to count, in proportion to size; the largest are sure where need be."""
    chosen = np.zeros(len(size))
    sure = np.zeros(len(size), dtype=bool)
    while True:
        left = count - np.count_nonzero(sure)
        chosen = np.where(sure, 1.0, left * size / max(size[~sure].sum(), 1))
        more = ~sure & (chosen >= 1)
        if not more.any():
            return chosen
        sure |= more


def _systematic(rng: np.random.Generator, chosen: np.ndarray) -> Ints:
    """Positions drawn with these chances: one random start, then every whole step."""
    count = round(chosen.sum())
    found = np.searchsorted(np.cumsum(chosen), rng.random() + np.arange(count), side="right")
    return np.minimum(found, len(chosen) - 1)


# --- what they answer -----------------------------------------------------------------------


def _dwelling(population: Population, family: Ints) -> dict[str, pa.Array]:
    """The columns of the descriptor of dwellings, in the register's words."""
    told = houses(population)
    found = {}
    for name, source in _descriptor("rumah").items():
        column = source if isinstance(source, str) else source.get("column")
        if column not in told:
            continue
        answer, codes = told[column][family], code_of(column)
        if codes is None:
            found[name] = cells.digits(answer)
        else:
            words = [source["codes"][code] for code in codes]
            found[name] = cells.blank(
                cells.coded(np.maximum(answer, 0), words), answer == NOT_ASKED
            )
    power = told["daya"][family]  # NOT_ASKED, which is below all, where there is no meter
    found["power_900_or_more"] = cells.choose(power >= W900, "true", "false")
    found["power_1300_or_more"] = cells.choose(power > W900, "true", "false")
    return found


def _members(population: Population, homes: Homes, family: Ints) -> dict[str, pa.Array]:
    """Counts of members, and what is known of the head, by the names of the register's facts."""
    people, count = population.people, len(population.families)
    told, age, alive = answers(population), ages(people), people.death > TODAY
    head = homes.head[family]
    worst = np.min([np.where(told[item] < 0, 4, told[item]) for item in ITEMS], axis=0)

    def number(who: Mask) -> pa.Array:
        return cells.digits(np.bincount(people.family[who & alive], minlength=count)[family])

    words = _descriptor("dtsen")
    reached = np.where(told["partisipasi"] == NEVER_AT_SCHOOL, 0, told["jenjang"])[head]
    return {
        "children": number(age < 18),
        "children_under_six": number(age < 6),
        "members_elderly": number(age >= 60),
        "members_with_difficulty": number(worst < 3),
        "members_at_work": number((told["bekerja"] == 1) & (age >= 15)),
        "state_employees": number(told["aparatur"] == 1),
        "head_age": cells.digits(age[head]),
        "head_sex": cells.coded(people.sex[head], ["male", "female"]),
        "head_marital_status": _word(told["status_kawin"][head], words["marital_status"]["codes"]),
        "head_works": _word(told["bekerja"][head], words["worked_last_week"]["codes"]),
        "head_reached_lower_secondary": cells.choose(reached >= LOWER, "true", "false"),
        "head_reached_upper_secondary": cells.choose(reached >= UPPER, "true", "false"),
        "head_reached_higher": cells.choose(reached >= BACHELOR, "true", "false"),
    }


def _word(answer: Ints, codes: dict[str, str]) -> pa.Array:
    """Numbers of the form in the register's words; -1: not asked."""
    known = np.array(sorted(int(code) for code in codes))
    place = np.searchsorted(known, np.maximum(answer, known[0]))
    return cells.blank(cells.coded(place, [codes[str(code)] for code in known]), answer < 0)


def _with_gaps(rng: np.random.Generator, told: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """The columns with some answers left out."""
    return {
        name: column
        if name in NEVER_LEFT_OUT
        else cells.blank(column, chance(rng, LEFT_OUT, len(column)))
        for name, column in told.items()
    }


def _descriptor(source: str) -> dict:
    """Register column -> source column, of an invented source."""
    file = resources.files("tangga.synthetic") / f"descriptors/{source}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))["columns"]
