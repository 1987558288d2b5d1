"""A folder that `tangga run` can run: descriptors, files, areas, an office's files; the truth."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from importlib import resources
from pathlib import Path

import numpy as np
import pyarrow as pa

from tangga.synthetic.dwellings import make_dwellings
from tangga.synthetic.enrolments import make_enrolments
from tangga.synthetic.fieldwork import (
    make_assessments,
    make_cases,
    make_places,
    make_steps,
)
from tangga.synthetic.files import write_csv, write_text
from tangga.synthetic.happenings import make_events
from tangga.synthetic.looks import LOOKS
from tangga.synthetic.office import write_office_files
from tangga.synthetic.payments import make_payments
from tangga.synthetic.peoples import make_dtks, make_p3ke, make_regsosek
from tangga.synthetic.population import make_population
from tangga.synthetic.records import Population, Records, draw_records, people_of
from tangga.synthetic.registries import make_dtsen, make_dukcapil, make_ranking
from tangga.synthetic.sheet import Sheet
from tangga.synthetic.survey import draw_survey
from tangga.synthetic.truth import Truth
from tangga.synthetic.visits import make_visits
from tangga.synthetic.workers import make_workers

RECORD_MAKERS: dict[str, Callable[[Population, Records], Sheet]] = {
    "dtks": make_dtks,
    "regsosek": make_regsosek,
    "p3ke": make_p3ke,
    "dtsen": make_dtsen,
}
"""Sources that look at people and err."""
MAKERS: dict[str, Callable[[Population], Sheet]] = {
    "dukcapil": make_dukcapil,
    "peringkat_desil": make_ranking,
    "rumah": make_dwellings,
    "kepesertaan": make_enrolments,
    "penyaluran": make_payments,
    "peristiwa": make_events,
    "kunjungan": make_visits,
    "langkah": make_steps,
    "asesmen": make_assessments,
    "kasus": make_cases,
    "pemberdayaan": make_places,
    "petugas": make_workers,
}
"""Sources drawn from what is true."""

PEOPLE_SOURCES = ("dtks", "regsosek", "p3ke")
SOURCES = (*RECORD_MAKERS, *MAKERS)
DEFAULT_AREAS = ("1811", "1771")


def generate(
    people: int,
    seed: int,
    out: Path | str,
    areas: tuple[str, ...] = DEFAULT_AREAS,
    sources: Iterable[str] | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> dict[str, int]:
    """Write invented people as a workspace; returns the rows of each source.

    people: how many exist. seed: same arguments, same bytes. out: the folder, made when absent;
    files of the same names are replaced. areas: Kemendagri codes (province, kabupaten, kecamatan)
    whose villages are taken first; villages have about 2,300 people, so few people fill few
    villages and many people fill further kabupaten. sources: a choice from SOURCES (None: all).
    Writes `tangga.toml`, `sources/*.toml`, `data/*.csv`, `areas/bps.csv` and what offices write
    themselves (office.py); and what nothing reads: the survey (survey.py) and the truth (truth.py).
    Raises ValueError for an unknown source
    or area, or for nobody.
    """
    if people < 1:
        raise ValueError(f"at least one person is needed, not {people}")
    wanted = tuple(SOURCES if sources is None else sources)
    unknown = sorted(set(wanted) - set(SOURCES))
    if unknown:
        raise ValueError(f"no invented source {', '.join(unknown)}; known: {', '.join(SOURCES)}")
    folder = Path(out)
    report = progress or (lambda _step, _done, _total: None)
    report("people", 0, len(wanted) + 1)
    population = make_population(seed, people, areas)
    write_settings(folder, population)
    truth = Truth(population, folder)
    seen_by = _sources_of_each(population, wanted)
    rows = {}
    # One source at a time: the records of several together are most of what many people need. Those
    # who err come first, whatever the order asked for, as each learns words from the one before.
    for done, name in enumerate(sorted(wanted, key=lambda name: name not in RECORD_MAKERS)):
        report(name, done + 1, len(wanted) + 1)
        sheet = _sheet(name, population, seen_by)
        write_sheet(folder, sheet)
        truth.add(sheet)
        rows[name] = len(sheet)
    truth.write(wanted)
    write_office_files(folder, population)
    write_csv(draw_survey(population), folder / "survey/survei.csv", ",")
    return {name: rows[name] for name in wanted}


def _sheet(name: str, population: Population, seen_by: np.ndarray) -> Sheet:
    if name not in RECORD_MAKERS:
        return MAKERS[name](population)
    records = draw_records(population, LOOKS[name])
    if name in PEOPLE_SOURCES:
        records.flags.mark("one_source", seen_by[records.person] == 1)
    return RECORD_MAKERS[name](population, records)


def _sources_of_each(population: Population, wanted: tuple[str, ...]) -> np.ndarray:
    """How many of the three people sources know each person."""
    count = np.zeros(len(population.people), dtype=np.int8)
    for name in PEOPLE_SOURCES:
        if name in wanted:
            count[people_of(population, LOOKS[name])] += 1
    return count


def write_sheet(folder: Path, sheet: Sheet) -> None:
    """The file and the descriptor of one source."""
    write_csv(
        sheet.table.take(pa.array(sheet.order)), folder / f"data/{sheet.name}.csv", sheet.delimiter
    )
    descriptor = resources.files("tangga.synthetic") / f"descriptors/{sheet.name}.toml"
    write_text(folder / f"sources/{sheet.name}.toml", descriptor.read_text(encoding="utf-8"))


def write_settings(folder: Path, population: Population) -> None:
    """tangga.toml and the codes of the second area system."""
    write_text(folder / "tangga.toml", SETTINGS)
    places = population.places
    districts = dict(zip([b[:7] for b in places.bps], places.codes, strict=True))
    rows = [("bps", bps, own[:6]) for bps, own in districts.items()]
    rows += [("bps", bps, own) for bps, own in zip(places.bps, places.codes, strict=True)]
    file = folder / "areas/bps.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("system", "code", "kemendagri", "edition"))
        writer.writerows((*row, "invented") for row in rows)


SETTINGS = """\
# Invented people. No one in these files exists; truth.csv says who is who.
name  = "Invented people"
pack  = "indonesia"
as_of = 2026-01-31
"""
