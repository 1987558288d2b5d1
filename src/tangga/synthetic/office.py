"""What offices of the invented areas wrote themselves: targets, budgets, places, outcomes, plan.

Made to the measure of the people, so that targets are neither reached at once nor out of reach. Two
sums are as the press told them of Bengkulu in 2025: 447 billion for the province, 58 billion paid
out in its city; they are of another size than what so few invented families receive.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tangga.synthetic.climbs import climbs
from tangga.synthetic.draw import Ints
from tangga.synthetic.payments import Ledger, ledger
from tangga.synthetic.places import Places
from tangga.synthetic.programmes import PKH, SEMBAKO
from tangga.synthetic.records import Population
from tangga.synthetic.workers import district_of

YEARS = (2025, 2026)
HEADINGS = {
    "targets": "year,area,pilar,worker,programme,measure,value,rule,exits,note",
    "budgets": "year,level,area,programme,focus,source,measure,document,amount",
    "places": "year,area,programme,places",
    "outcomes": "year,area,measure,kind,value,source",
    "plans": "line,version,year,level,area,action,programme,focus,source,cost,pilar,measure,target,"
    "owner,due,state,by,at,reason,rests_on,repairs",
}
CLIMB = {2025: 0.01, 2026: 0.012}
"""Families that are to graduate in a year, of those supported."""
OVERRIDE = 0.7
"""Of what a regency is to reach, what its largest kecamatan has set for itself."""
SHARES = (
    ("pkh_companion", "visits_kept", 85),
    ("pkh_companion", "on_schedule", 75),
    ("pkh_companion", "lasting", 90),
    ("tksk", "on_schedule", 75),
    ("tagana", "disasters_in_time", 90),
    ("peace_pioneer", "warnings_followed", 80),
    ("rehabilitation_companion", "assessed_in_time", 80),
)
"""Pilar, measure, percent: the same for every regency."""
ALLOCATED, PROVINCE_SHARE = 1.06, 1.25
"""What is allocated to a regency, of what is due there; and to its province, of its regencies."""
MILLION = 1_000_000
PLACES = {"kube": 0.02, "pena": 0.012, "training": 0.03}
"""Places a year, of the families that are supported."""
COST = {"kube": 20 * MILLION // 10, "pena": 5 * MILLION, "training": 3 * MILLION}
"""Rupiah of one place: KUBE 20 million for ten families."""
PRESS = "Pemberitaan, 2025 (contoh)"
Row = tuple[object, ...]


@dataclass(frozen=True)
class Office:
    """What is counted of the invented areas, by code. due, paid: rupiah of 2025 by regency and
    programme. supported: families by kecamatan (six digits) and regency (four)."""

    regencies: tuple[str, ...]
    supported: dict[str, int]
    due: dict[tuple[str, int], int]
    paid: dict[tuple[str, int], int]

    @property
    def provinces(self) -> tuple[str, ...]:
        """Two digits each."""
        return tuple(sorted({code[:2] for code in self.regencies}))

    def districts(self, regency: str) -> list[str]:
        """The kecamatan of a regency, that with most supported families first."""
        found = [code for code in self.supported if len(code) == 6 and code[:4] == regency]
        return sorted(found, key=lambda code: (-self.supported[code], code))


def write_office_files(folder: Path, population: Population) -> None:
    """The files of HEADINGS, one a folder and year, or one a folder."""
    office = _counted(population)
    written: dict[str, dict[str, Iterable[Row]]] = {
        "targets": {str(year): _targets(office, year) for year in YEARS},
        "budgets": {str(year): _budgets(office, year) for year in YEARS},
        "places": {"places": _places(office)},
        "outcomes": {"local": _outcomes(office)},
        "plans": {"2026": _plan(office, population.places)},
    }
    for name, files in written.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for stem, rows in files.items():
            with (folder / name / f"{stem}.csv").open("w", encoding="utf-8", newline="") as out:
                writer = csv.writer(out, lineterminator="\n")
                writer.writerow(HEADINGS[name].split(","))
                writer.writerows(rows)


def _counted(population: Population) -> Office:
    district = district_of(population)
    supported = climbs(population).supported
    found = {}
    for code in (district, district // 100):
        codes, place = np.unique(code, return_inverse=True)
        counts = np.bincount(place, supported)
        found |= {str(c): int(n) for c, n in zip(codes, counts, strict=True)}
    book = ledger(population)
    regency = district[population.people.family[np.maximum(book.person, 0)]] // 100
    return Office(
        regencies=tuple(sorted(code for code in found if len(code) == 4)),
        supported=found,
        due=_by_regency(book, regency, book.due),
        paid=_by_regency(book, regency, np.where(book.person < 0, 0, book.paid)),
    )


def _by_regency(book: Ledger, regency: Ints, rupiah: Ints) -> dict[tuple[str, int], int]:
    codes, place = np.unique(regency, return_inverse=True)
    found = {}
    for programme in (PKH, SEMBAKO):
        total = np.zeros(len(codes), dtype=np.int64)
        mine = book.programme == programme
        np.add.at(total, place[mine], rupiah[mine])
        found |= {(str(c), programme): int(n) for c, n in zip(codes, total, strict=True)}
    return found


def _targets(office: Office, year: int) -> Iterable[Row]:
    """Of each regency; its largest kecamatan has set another number than would fall to it."""
    for regency in office.regencies:
        value = max(1, round(CLIMB[year] * office.supported[regency]))
        city = regency[2] == "7"
        rule = "caseload" if city else "eligible"
        yield _target(year, regency, "pkh_companion", "graduations", value, rule)
        found = max(2, office.supported[regency] // 25)
        yield _target(year, regency, "tksk", "verified", found, "eligible")
        for pilar, measure, percent in SHARES:
            yield _target(year, regency, pilar, measure, percent)
        districts = office.districts(regency)
        if len(districts) > 1:
            own = round(OVERRIDE * value)
            note = "Ditetapkan kecamatan sendiri"
            yield _target(year, districts[0], "pkh_companion", "graduations", own, "", note)


def _target(
    year: int, area: str, pilar: str, measure: str, value: int, rule: str = "", note: str = ""
) -> Row:
    return (year, area, pilar, "", "", measure, value, rule, "", note)


def _budgets(office: Office, year: int) -> Iterable[Row]:
    for province in office.provinces:
        mine = [code for code in office.regencies if code[:2] == province]
        for programme, number in (("pkh", PKH), ("sembako", SEMBAKO)):
            of_all = sum(_millions(ALLOCATED * office.due.get((code, number), 0)) for code in mine)
            amount = _millions(PROVINCE_SHARE * of_all)
            yield _line(year, "province", province, programme, "apbn", "allocated", "DIPA", amount)
        if province == "17" and year == min(YEARS):
            yield _line(
                year, "province", province, "", "apbn", "allocated", PRESS, 447_000 * MILLION
            )
    for regency in office.regencies:
        yield from _regency_budget(office, year, regency)


def _regency_budget(office: Office, year: int, regency: str) -> Iterable[Row]:
    for programme, number in (("pkh", PKH), ("sembako", SEMBAKO)):
        amount = _millions(ALLOCATED * office.due.get((regency, number), 0))
        yield _line(year, "regency", regency, programme, "apbn", "allocated", "DIPA", amount)
        if year == min(YEARS):
            paid = office.paid.get((regency, number), 0)
            yield _line(year, "regency", regency, programme, "apbn", "disbursed", "SP2D", paid)
    if regency == "1771" and year == min(YEARS):
        yield _line(year, "regency", regency, "", "apbn", "disbursed", PRESS, 58_000 * MILLION)
    for programme, cost in COST.items():
        source = "apbn" if programme == "pena" else "apbd_regency"
        amount = cost * _places_of(office, regency, programme)
        yield _line(year, "regency", regency, programme, source, "allocated", "DPA", amount)
        if year == min(YEARS):
            spent = amount * 4 // 5
            yield _line(year, "regency", regency, programme, source, "disbursed", "SP2D", spent)
    amount = max(10, office.supported[regency] // 20) * MILLION
    yield _line(year, "regency", regency, "atensi", "apbn", "allocated", "DIPA", amount)


def _line(
    year: int,
    level: str,
    area: str,
    programme: str,
    source: str,
    measure: str,
    document: str,
    amount: int,
) -> Row:
    return (year, level, area, programme, "", source, measure, document, amount)


def _places(office: Office) -> Iterable[Row]:
    for year in YEARS:
        for regency in office.regencies:
            for programme in PLACES:
                yield year, regency, programme, _places_of(office, regency, programme)


def _places_of(office: Office, regency: str, programme: str) -> int:
    return max(1, round(PLACES[programme] * office.supported[regency]))


def _outcomes(office: Office) -> Iterable[Row]:
    """The regencies' own targets; what surveys found and the country aims at ships in the pack."""
    for regency in office.regencies:
        yield 2026, regency, "poverty_rate", "target", "6.5", "RPJMD (contoh)"
        yield 2026, regency, "extreme_poverty_rate", "target", "0.0", "RPJMD (contoh)"


def _plan(office: Office, places: Places) -> Iterable[Row]:
    """Seven lines: two repair data (accepted), a group for business accepted in the smallest
    kecamatan, one changed, one rejected, one late, one proposed."""
    first, last = office.regencies[0], office.regencies[-1]
    small = office.districts(last)[-1]
    groups = _places_of(office, last, "kube")
    for area in dict.fromkeys((first, last)):
        line = _Line(f"P-{area}-01", "regency", area, "Perbarui data desa yang belum siap")
        of = {"owner": "Kepala Dinas Sosial", "due": "2026-06-30", "repairs": "fresh"}
        renew = max(5, office.supported[area] // 10)
        of |= {"pilar": "pkh_companion", "measure": "facts_renewed", "target": renew}
        yield line.version(1, "proposed", "Dinas Sosial", "2026-01-05", **of)
        yield line.version(2, "accepted", "Bupati/Wali Kota", "2026-01-12", **of)
    line = _Line(f"P-{last}-02", "district", small, "Bentuk KUBE keluarga mendekati 60 bulan")
    of = {"programme": "kube", "source": "apbd_regency", "cost": max(1, groups // 2) * COST["kube"]}
    of |= {"focus": "empowerment", "owner": "Kabid Pemberdayaan Sosial", "due": "2026-09-30"}
    of |= {"pilar": "pkh_companion", "measure": "graduations", "target": 2}
    of |= {"rests_on": "Singkong: pembeli dan BUMDes ada"}
    yield line.version(1, "proposed", "Dinas Sosial", "2026-01-06", **of)
    yield line.version(2, "accepted", "Bupati", "2026-01-15", **of)
    line = _Line(f"P-{last}-03", "regency", last, "Pelatihan keterampilan anak muda")
    of = {"programme": "training", "source": "apbd_regency", "owner": "Kepala BLK"}
    of |= {"focus": "prevention", "due": "2026-10-31"}
    yield line.version(1, "proposed", "Dinas Sosial", "2026-01-06", **of, cost=120 * MILLION)
    reason = "Anggaran yang ada lebih kecil"
    yield line.version(2, "changed", "Bupati", "2026-01-20", **of, cost=80 * MILLION, reason=reason)
    line = _Line(f"P-{first}-04", "regency", first, "Tambah target graduasi kota")
    of = {"pilar": "pkh_companion", "measure": "graduations", "target": 40}
    yield line.version(1, "proposed", "Dinas Sosial Provinsi", "2026-01-07", **of)
    reason = "Tempat pemberdayaan belum cukup"
    yield line.version(2, "rejected", "Wali Kota", "2026-01-19", **of, reason=reason)
    yield from _late_and_new(first)


def _late_and_new(first: str) -> Iterable[Row]:
    line = _Line(f"P-{first}-05", "regency", first, "Verifikasi usulan warga", 2025)
    of = {"owner": "Kabid Linjamsos", "due": "2025-12-31", "pilar": "tksk", "measure": "verified"}
    yield line.version(1, "proposed", "Dinas Sosial", "2025-09-01", **of, target=30)
    yield line.version(2, "accepted", "Wali Kota", "2025-09-15", **of, target=30)
    line = _Line(f"P-{first[:2]}-06", "province", first[:2], "Dampingi keluarga yang dirujuk")
    of = {"programme": "atensi", "focus": "rehabilitation", "source": "apbd_province"}
    yield line.version(
        1, "proposed", "Dinas Sosial Provinsi", "2026-01-25", **of, cost=50 * MILLION
    )


@dataclass(frozen=True)
class _Line:
    line: str
    level: str
    area: str
    action: str
    year: int = 2026

    def version(self, version: int, state: str, by: str, at: str, **said: object) -> Row:
        """One row, in the order of the headings."""
        told = {"line": self.line, "version": version, "year": self.year, "level": self.level}
        told |= {"area": self.area, "action": self.action, "state": state, "by": by, "at": at}
        told |= said
        return tuple(told.get(name, "") for name in HEADINGS["plans"].split(","))


def _millions(rupiah: float) -> int:
    """Whole millions, none lost."""
    return -int(-rupiah // MILLION) * MILLION
