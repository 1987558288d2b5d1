"""The register of Bu Sari's story: as it was before, and what other offices write later."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from village import BERKAS, CARDS, CAST, SIMPANG

DISTRICT = SIMPANG[:6]
COMPANION = "PDP-0001"
MOVED = date(2027, 12, 20)
SPLIT_FROM = ("sari", "dimas", "putri")
NEW_CARD = CARDS["sari_bengkulu"][0]
SAMES = {
    # column of any of the sources -> as the card of her parents says
    **dict.fromkeys(("NOKK", "nokk", "no_kk", "NO_KK", "kk"), CARDS["jumadi"][0]),
    **dict.fromkeys(("KODE_DESA", "kode", "KODE", "village"), BERKAS),
    "id_keluarga": "jumadi",
}
RELATION = {"HUB": ("3", "5"), "hub": ("3", "5"), "relation": ("child", "grandchild")}
NEIGHBOURS = ("Lastri Handayani", "Wagiyem", "Suparmi", "Nengah Sukerti")
KNOWN_ON = "2025-12-20"
WORK = {"state_employment": "none", "worked_last_week": "false"}

Row = dict[str, str]


def prepare(workspace: Path) -> None:
    """Sari and her children are still on her parents' card; in Mesuji the Sudanas receive, too."""
    for name in ("dtks", "regsosek", "dtsen", "dukcapil", "survei"):
        each(workspace / f"{name}.csv", _on_parents_card)
    each(workspace / "peristiwa.csv", lambda row: row if row["nama"] != CAST["sari"].name else None)
    each(workspace / "peringkat.csv", _ranked_by_new_card)
    _neighbours(workspace)
    companions(workspace, 2028)
    listed = workspace / "kepesertaan.csv"
    each(listed, lambda row: row if row["id"] != "tukinem" else None)
    head, payee = CAST["sudana"], CAST["artini"]
    own = {"id": "sudana", "nik": head.nik, "name": head.name, "programme": "sembako",
           "status": "active", "valid_from": "2024-01-01", "payee_nik": payee.nik}  # fmt: skip
    add(listed, own)
    for file in (workspace / "sources").glob("*.toml"):
        text = re.sub(r"as_of = 2026-01-\d\d", f"as_of = {KNOWN_ON}", file.read_text("utf-8"))
        file.write_text(text, encoding="utf-8")


def _neighbours(workspace: Path) -> None:
    """Four heads of families of Simpang with whom a group can stand, and who of all is married."""
    survey = workspace / "survei.csv"
    wed = {CAST["sari"].nik: "divorced", CAST["yanto"].nik: "married"}
    more = {"marital_status": "", **WORK}
    each(survey, lambda row: row | more | {"marital_status": wed.get(row["nik"], "")})
    file = workspace / "sources/survei.toml"
    file.write_text(file.read_text("utf-8") + "".join(f'{c} = "{c}"\n' for c in more), "utf-8")
    for n, name in enumerate(NEIGHBOURS, start=1):
        nik, kk, born = f"1811054506{80 + n}0001", f"18110501061500{n:02d}", date(1980 + n, 6, 5)
        known = {"nik": nik, "kk": kk, "name": name, "birth_date": born, "sex": "female",
                 "relation": "head", "village": SIMPANG, "id": f"s-n{n}",
                 "marital_status": "widowed", **WORK}  # fmt: skip
        add(survey, known)
        add(workspace / "peringkat.csv", {"id": f"n{n}", "kk": kk, "desil": 5, "rilis": "2026-T1"})
        own = {"id": f"dtsen-n{n}", "id_keluarga": f"n{n}", "nik": nik, "no_kk": kk, "nama": name,
               "tgl_lahir": born, "jk": "f", "hub": "1", "kode": SIMPANG}  # fmt: skip
        add(workspace / "dtsen.csv", own)
    stands = {"id": "t-n4", "event": "rung_move", "on_date": "2025-06-02", "nik": nik, "name": name,
              "rung": "graduated", "exit": "independent"}  # fmt: skip
    add(workspace / "kejadian.csv", stands)


def companions(workspace: Path, year: int) -> None:
    """Who accompanies families in Simpang, and what is asked of her in a year."""
    header = "worker,pilar,name,area,active_from"
    own = f"{COMPANION},pkh_companion,Ani Lestari,{DISTRICT},2025-01-01"
    (workspace / "petugas.csv").write_text(f"{header}\n{own}\n", encoding="utf-8")
    columns = [f'{name} = "{name}"' for name in ("worker", "pilar", "name")]
    columns += ['area = { column = "area", system = "kemendagri" }']
    columns += ['active_from = { column = "active_from", format = "%Y-%m-%d" }']
    told = ['kind = "workers"', 'files = ["petugas.csv"]', f"as_of = {KNOWN_ON}", "trust = 70"]
    text = "\n".join([*told, "", "[columns]", *columns, ""])
    (workspace / "sources/petugas.toml").write_text(text, encoding="utf-8")
    header = "year,area,pilar,worker,programme,measure,value,rule,exits"
    (workspace / "targets").mkdir()
    asked = f"{year},{DISTRICT},pkh_companion,{COMPANION},,graduations,2,,"
    (workspace / "targets/targets.csv").write_text(f"{header}\n{asked}\n", encoding="utf-8")


def add(file: Path, row: dict[str, Any]) -> None:
    """One row more."""
    with file.open(encoding="utf-8", newline="") as lines:
        header = next(csv.reader(lines))
    with file.open("a", encoding="utf-8", newline="") as lines:
        csv.DictWriter(lines, header, restval="", lineterminator="\n").writerow(row)


def _on_parents_card(row: Row) -> Row:
    who = next(iter(row.values())).rpartition("-")[2]
    if who not in SPLIT_FROM:
        return row
    as_what = {name: both[who != "sari"] for name, both in RELATION.items()}
    said = SAMES | as_what | ({"NIK": CAST[who].nik} if who == "dimas" else {})
    return row | {name: value for name, value in said.items() if name in row}


def _ranked_by_new_card(row: Row) -> Row:
    return row | ({"kk": NEW_CARD} if row["kk"] == CARDS["sari"][0] else {})


def each(file: Path, change: Callable[[Row], Row | None]) -> None:
    """Every row of a file as it is to be, or left out."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    kept = [new for row in rows if (new := change(row)) is not None]
    with file.open("w", encoding="utf-8", newline="") as lines:
        out = csv.DictWriter(lines, list(kept[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(kept)


def new_card(workspace: Path) -> None:
    """The civil registry and the next official release know the card of her own."""
    columns = ("no_kk", "NO_KK")
    own = {**dict.fromkeys(columns, NEW_CARD), "id_keluarga": "sari"}
    places = {"sari": "1", "dimas": "3", "putri": "3", "anton": "7"}

    def moved(row: Row) -> Row:
        who = next(iter(row.values())).rpartition("-")[2]
        said = own | dict.fromkeys(("hub", "HUB"), places.get(who, ""))
        return row | {k: v for k, v in said.items() if k in row} if who in places else row

    for name in ("dtsen", "dukcapil"):
        each(workspace / f"{name}.csv", moved)
        file = workspace / f"sources/{name}.toml"
        file.write_text(file.read_text("utf-8").replace(KNOWN_ON, "2026-01-16"), encoding="utf-8")


def listed_as_ended(workspace: Path) -> None:
    """The official list of recipients says so, too."""
    own = {"status": "ended", "valid_to": MOVED.isoformat(), "exit": "to_empowerment"}
    each(workspace / "kepesertaan.csv", lambda row: row | own if row["id"] == "sari" else row)
