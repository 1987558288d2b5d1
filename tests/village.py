"""One small village of ten families with stories: the cast of tests, tutorial and demo.

    from village import write_village
    write_village(tmp_path)                     # a workspace that `tangga run` can run
    TRUTH["dtks", "dtks-sari"]                  # ("sari", "sari"): person, family

Ids of records are `SOURCE-KEY`, so that a test says whom it means. All people are invented.

    sari      Bu Sari, two children. Lived on her parents' card in Kota Bengkulu, had a card of
              her own from February 2025, moved to Mesuji in September 2025
    jumadi    her parents and her brother Anton, who sees badly (later: Wyata Guna)
    karto     Mbah Karto, 72, one word is his name; an able son; a grandson in upper secondary
    herman    a mother of three who dies in November 2025, the payee of her family
    rosmiati  her namesake in the same kelurahan, born nine days apart, wrongly reported dead
    tukinem   a lone elder who died in August 2025 and is still paid
    sudana    Balinese twins, alike in name, with adjacent numbers
    paimin    three people of the forest register: no NIK, no card, no village
    yanto     decile 6; the earner lost his work in October 2025
    siregar   one card, two families (siregar, jonathan); the baby bears the head's NIK
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

SIMPANG, BUKO, WAY_SERDANG = "1811052001", "1811042001", "181104"
BERKAS = "1771031001"

CARDS = {
    "jumadi": ("1771031205080011", BERKAS),
    "sari_bengkulu": ("1771031002250003", BERKAS),
    "sari": ("1811051509250004", SIMPANG),
    "karto": ("1811050311090007", SIMPANG),
    "herman": ("1771032208100021", BERKAS),
    "rosmiati": ("1771030106170005", BERKAS),
    "tukinem": ("1811041402070002", BUKO),
    "sudana_old": ("1811040909120013", BUKO),
    "sudana": ("1811042003240001", BUKO),
    "paimin": ("", WAY_SERDANG),
    "yanto": ("1811051907110008", SIMPANG),
    "siregar": ("1811050808080019", SIMPANG),
}
"""Card -> number and village."""

CAST_TABLE = """
sari      | Sari Wulandari      | f | 1990-04-12 | 177103 | 0001 | sari
dimas     | Dimas Saputra       | m | 2013-08-02 | 177103 | 0001 | sari
putri     | Putri Ayu           | f | 2018-11-20 | 177103 | 0003 | sari
jumadi    | Jumadi              | m | 1962-07-01 | 350205 | 0002 | jumadi
rosmala   | Rosmala Dewi        | f | 1966-03-15 | 177103 | 0001 | jumadi
anton     | Anton Hidayat       | m | 1994-05-05 | 177103 | 0001 | jumadi
karto     | Karto               | m | 1953-12-31 | 331208 | 0004 | karto
sugeng    | Sugeng Riyadi       | m | 1988-02-10 | 180506 | 0001 | karto
rizky     | Rizky Ramadhan      | m | 2009-06-17 | 181105 | 0001 | karto
herman    | Herman Efendi       | m | 1984-09-09 | 170501 | 0001 | herman
rosmi     | Rosmiati            | f | 1986-10-21 | 177103 | 0001 | herman
aisyah    | Aisyah Nur Fitri    | f | 2011-01-15 | 177103 | 0002 | herman
bagas     | Bagas Pratama       | m | 2014-05-30 | 177103 | 0001 | herman
citra     | Citra Lestari       | f | 2019-12-12 | 177103 | 0001 | herman
rosmiati  | Rosmiati            | f | 1986-10-12 | 177103 | 0001 | rosmiati
fajar     | Fajar               | m | 2016-03-03 | 177103 | 0001 | rosmiati
tukinem   | Tukinem             | f | 1944-07-01 | 350402 | 0003 | tukinem
sudana    | I Wayan Sudana      | m | 1985-01-20 | 181104 | 0001 | sudana
artini    | Ni Made Artini      | f | 1988-06-06 | 181104 | 0001 | sudana
adi       | I Wayan Adi Saputra | m | 2016-09-09 | 181104 | 0001 | sudana
ade       | I Made Ade Saputra  | m | 2016-09-09 | 181104 | 0002 | sudana
paimin    | Paimin              | m | 1970-01-01 |        |      | paimin
sumi      | Sumi                | f | 1974-01-01 |        |      | paimin
tumini    | Tumini              | f | 2006-02-11 |        |      | paimin
yanto     | Yanto Prasetyo      | m | 1982-03-25 | 180506 | 0001 | yanto
nurhayati | Nurhayati           | f | 1985-08-17 | 181105 | 0001 | yanto
dewi      | Dewi Anggraini      | f | 2010-02-28 | 181105 | 0001 | yanto
togar     | Togar Siregar       | m | 1965-05-05 | 120702 | 0001 | siregar
tiur      | Tiur Hutapea        | f | 1968-09-23 | 120702 | 0001 | siregar
jonathan  | Jonathan Siregar    | m | 1996-04-04 | 181105 | 0001 | jonathan
maria     | Maria Sinaga        | f | 1998-12-01 | 181105 | 0001 | jonathan
gabriel   | Gabriel Siregar     | m | 2024-03-19 | 181105 | 0001 | jonathan
"""

# Who stands on which card in which relation, source by source. The fourth word is the source's
# own family where that is not the card.
DTKS = """
jumadi jumadi head; rosmala jumadi spouse; sari jumadi child; dimas jumadi grandchild
putri jumadi grandchild; anton jumadi child
karto karto head; sugeng karto child; rizky karto grandchild
herman herman head; rosmi herman spouse; aisyah herman child; bagas herman child
rosmiati rosmiati head; fajar rosmiati child
tukinem tukinem head
sudana sudana_old head; artini sudana_old spouse; adi sudana_old child; ade sudana_old child
paimin paimin head; sumi paimin spouse
togar siregar head; tiur siregar spouse; jonathan siregar child; maria siregar child_in_law
gabriel siregar grandchild
"""
REGSOSEK = """
jumadi jumadi head; rosmala jumadi spouse; anton jumadi child
sari jumadi head sari; dimas jumadi child sari; putri jumadi child sari
karto karto head; sugeng karto child; rizky karto grandchild
herman herman head; rosmi herman spouse; aisyah herman child; bagas herman child
citra herman child
rosmiati rosmiati head; fajar rosmiati child
tukinem tukinem head
sudana sudana_old head; artini sudana_old spouse; adi sudana_old child; ade sudana_old child
paimin paimin head; sumi paimin spouse; tumini paimin child
yanto yanto head; nurhayati yanto spouse; dewi yanto child
togar siregar head; tiur siregar spouse
jonathan siregar head jonathan; maria siregar spouse jonathan
"""
DTSEN = """
jumadi jumadi head; rosmala jumadi spouse; anton jumadi child
sari sari head; dimas sari child; putri sari child
karto karto head; sugeng karto child; rizky karto grandchild
herman herman head; rosmi herman spouse; aisyah herman child; bagas herman child
citra herman child
rosmiati rosmiati head; fajar rosmiati child
tukinem tukinem head
sudana sudana head; artini sudana spouse; adi sudana child; ade sudana child
yanto yanto head; nurhayati yanto spouse; dewi yanto child
togar siregar head; tiur siregar spouse; jonathan siregar child; maria siregar child_in_law
gabriel siregar grandchild
"""
DUKCAPIL = DTSEN

CHANGES = {
    ("dtks", "sari"): {"name": "SARI W"},
    ("dtks", "dimas"): {"nik": "1771030208130010"},  # one digit wrong
    ("dtks", "karto"): {"name": "KARTO SUWITO", "birth": "01-07-1953"},
    ("dtks", "rizky"): {"name": "RIZKI ROMADHON"},
    ("dtks", "rosmi"): {"name": "ROSMIATI"},
    ("dtks", "sudana"): {"name": "WAYAN SUDANA"},
    ("dtks", "gabriel"): {"nik": "of togar"},
    ("regsosek", "karto"): {"name": "MBAH KARTO", "nik": ""},
    ("regsosek", "anton"): {"name": "ANTON HIDAJAT"},
    ("regsosek", "jonathan"): {"name": "JONATAN SIREGAR"},
    ("regsosek", "nurhayati"): {"name": "NUR HAYATI", "nik": "0000000000000000"},
    ("regsosek", "tukinem"): {"birth": "1944-98-98"},
    ("dtsen", "ade"): {"name": "MADE ADE SAPUTRA"},
    ("dukcapil", "rosmiati"): {"status": "MENINGGAL"},  # wrongly; restored by an event
    ("dukcapil", "rosmi"): {"status": "MENINGGAL"},
    ("dukcapil", "tukinem"): {"status": "MENINGGAL"},
}
"""What a source says otherwise than the cast."""


@dataclass(frozen=True)
class Villager:
    """One person. nik: 16 digits, or empty. family: the true one at the register's date."""

    key: str
    name: str
    sex: str
    birth: date
    nik: str
    family: str


def _villager(line: str) -> Villager:
    key, name, sex, birth, region, serial, family = (cell.strip() for cell in line.split("|"))
    born = date.fromisoformat(birth)
    on = born.day + (40 if sex == "f" else 0)
    nik = f"{region}{on:02d}{born.month:02d}{born.year % 100:02d}{serial}" if region else ""
    return Villager(key, name, sex, born, nik, family)


CAST = {v.key: v for v in map(_villager, CAST_TABLE.strip().splitlines())}


def _placements(text: str) -> list[list[str]]:
    """(person, card, relation, family) of each entry."""
    entries = [entry.split() for line in text.splitlines() for entry in line.split(";")]
    return [[*entry, entry[1]][:4] for entry in entries if entry]


PLACEMENTS = {
    "dtks": _placements(DTKS),
    "regsosek": _placements(REGSOSEK),
    "dtsen": _placements(DTSEN),
    "dukcapil": _placements(DUKCAPIL),
}

TRUTH = {
    (source, f"{source}-{person}"): (person, CAST[person].family)
    for source, entries in PLACEMENTS.items()
    for person, *_ in entries
}
"""(source, source id) -> (person, family)."""

RELATIONS = ["head", "spouse", "child", "child_in_law", "grandchild", "parent", "other_relative"]

EVENTS = [
    # event, day, person, new card, from, to
    ("split", "2025-02-10", "sari", "sari_bengkulu", "", ""),
    ("move_in", "2025-09-15", "sari", "sari", BERKAS, SIMPANG),
    ("death", "2025-11-03", "rosmi", "", "", ""),
    ("death", "2025-08-20", "tukinem", "", "", ""),
    ("restored", "2025-12-01", "rosmiati", "", "", ""),
    ("birth", "2024-03-19", "gabriel", "", "", ""),
    ("shock", "2025-10-06", "yanto", "", "", ""),
]

DECILES = {"jumadi": "2", "sari": "1", "karto": "2", "herman": "3", "rosmiati": "2",
           "tukinem": "1", "sudana": "4", "yanto": "6", "siregar": ""}  # fmt: skip
"""Card -> official decile; paimin is in no list, siregar is not ranked."""

PAYEES = {"sari": "sembako", "rosmi": "pkh", "rosmiati": "sembako", "tukinem": "sembako"}
QUARTERS = [("2025-01-01", "2025-03-31", "2025-02-20"), ("2025-04-01", "2025-06-30", "2025-05-20"),
            ("2025-07-01", "2025-09-30", "2025-09-05"),
            ("2025-10-01", "2025-12-31", "2025-11-20")]  # fmt: skip


def write_village(folder: Path, sources: tuple[str, ...] | None = None) -> Path:
    """Write the village as a workspace, with `truth.csv`; returns the folder.

    sources: a choice from DESCRIPTORS (None: all).
    """
    for name in DESCRIPTORS if sources is None else sources:
        _write(folder / f"sources/{name}.toml", DESCRIPTORS[name].lstrip())
        _write_rows(folder / f"{name}.csv", TABLES[name]())
    _write(folder / "tangga.toml", SETTINGS)
    truth = [(source, record, *who, "") for (source, record), who in TRUTH.items()]
    header = [("source", "source_id", "entity_id", "family_id", "flags")]
    _write_rows(folder / "truth.csv", header + [r for r in truth if not sources or r[0] in sources])
    return folder


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _write_rows(file: Path, rows: list[tuple[str, ...]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)


def _facts(source: str, entry: list[str], form: str) -> dict[str, str]:
    """What a source says of one person, in capitals, its dates in its own form."""
    person, card, relation, family = entry
    v = CAST[person]
    facts = {"id": f"{source}-{person}", "nik": v.nik, "name": v.name.upper(), "sex": v.sex,
             "birth": v.birth.strftime(form), "relation": str(RELATIONS.index(relation) + 1),
             "family": family, "kk": CARDS[card][0], "village": CARDS[card][1],
             "status": "AKTIF"}  # fmt: skip
    facts |= CHANGES.get((source, person), {})
    if facts["nik"].startswith("of "):
        facts["nik"] = CAST[facts["nik"][3:]].nik
    return facts


def _people(source: str, form: str, columns: dict[str, str]) -> list[tuple[str, ...]]:
    """Rows with the source's column names. columns: source column -> fact."""
    rows = [_facts(source, entry, form) for entry in PLACEMENTS[source]]
    return [tuple(columns), *(tuple(row[fact] for fact in columns.values()) for row in rows)]


def dtks() -> list[tuple[str, ...]]:
    """No family id; NIK with an apostrophe; dates as dd-mm-yyyy."""
    columns = {"IDSEMESTA": "id", "NIK": "nik", "NOKK": "kk", "NAMA": "name", "TGL_LAHIR": "birth",
               "JK": "sex", "HUB": "relation", "KODE_DESA": "village"}  # fmt: skip
    header, *rows = _people("dtks", "%d-%m-%Y", columns)
    return [header, *((row[0], f"'{row[1]}" if row[1] else "", *row[2:]) for row in rows)]


def regsosek() -> list[tuple[str, ...]]:
    """Field families; the date in three columns, 98 for not known; the kind of place."""
    columns = {"id_art": "id", "id_keluarga": "family", "nik": "nik", "nokk": "kk",
               "nama": "name", "jk": "sex", "lahir": "birth", "hub": "relation",
               "kode": "village"}  # fmt: skip
    header, *rows = _people("regsosek", "%Y-%m-%d", columns)
    parts = ("lahir_thn", "lahir_bln", "lahir_tgl")
    outside = [("2" if row[8] == WAY_SERDANG else "1",) for row in rows]
    split = [
        (*row[:6], *row[6].split("-"), *row[7:], *o) for row, o in zip(rows, outside, strict=True)
    ]
    return [(*header[:6], *parts, *header[7:], "jenis_wilayah"), *split]


def dtsen() -> list[tuple[str, ...]]:
    """The official release: families are cards."""
    columns = {"id": "id", "id_keluarga": "family", "nik": "nik", "no_kk": "kk", "nama": "name",
               "tgl_lahir": "birth", "jk": "sex", "hub": "relation", "kode": "village"}  # fmt: skip
    return _people("dtsen", "%Y-%m-%d", columns)


def dukcapil() -> list[tuple[str, ...]]:
    """The civil registry, with its state of each person."""
    columns = {"ID": "id", "NIK": "nik", "NO_KK": "kk", "NAMA": "name", "TGL_LHR": "birth",
               "JK": "sex", "HUB": "relation", "KODE": "village", "STATUS": "status"}  # fmt: skip
    return _people("dukcapil", "%d/%m/%Y", columns)


def peristiwa() -> list[tuple[str, ...]]:
    """Events by NIK and name."""
    header = ("id", "event", "tanggal", "nik", "nama", "kk_baru", "asal", "tujuan")
    rows = [
        (f"ev-{n}", event, day, CAST[who].nik, CAST[who].name,
         CARDS[card][0] if card else "", origin, target)
        for n, (event, day, who, card, origin, target) in enumerate(EVENTS)
    ]  # fmt: skip
    return [header, *rows]


def peringkat() -> list[tuple[str, ...]]:
    """Official deciles by card; empty where not ranked."""
    rows = [
        (f"desil-{card}", CARDS[card][0], decile, "2026-T1") for card, decile in DECILES.items()
    ]
    return [("id", "kk", "desil", "rilis"), *rows]


def penyaluran() -> list[tuple[str, ...]]:
    """Payments of 2025; those after a death are here too."""
    rows = [
        (f"bayar-{who}-{n + 1}", CAST[who].nik, CAST[who].name.upper(), programme, *quarter,
         "600000", "TERSALUR")
        for who, programme in PAYEES.items()
        for n, quarter in enumerate(QUARTERS)
    ]  # fmt: skip
    return [("id", "nik", "nama", "program", "awal", "akhir", "tgl", "rupiah", "status"), *rows]


def kepesertaan() -> list[tuple[str, ...]]:
    """Spells that run; Bu Sari's began in September 2022 (41 months at the register's date)."""
    starts = {"sari": "2022-09-01", "rosmi": "2021-01-01", "rosmiati": "2023-04-01",
              "tukinem": "2019-01-01"}  # fmt: skip
    rows = [
        (f"kp-{who}", CAST[who].nik, CAST[who].name, programme, "Aktif", starts[who], "")
        for who, programme in PAYEES.items()
    ]
    return [("id", "nik", "nama", "program", "status", "mulai", "selesai"), *rows]


TABLES = {"dtks": dtks, "regsosek": regsosek, "dtsen": dtsen, "dukcapil": dukcapil,
          "peristiwa": peristiwa, "peringkat": peringkat, "penyaluran": penyaluran,
          "kepesertaan": kepesertaan}  # fmt: skip

SETTINGS = 'name = "Simpang"\npack = "indonesia"\nas_of = 2026-01-31\n'
_SEX = 'codes = { m = "male", f = "female" } }'
_CODES = ", ".join(f'"{n + 1}" = "{relation}"' for n, relation in enumerate(RELATIONS))
_RELATION = f"codes = {{ {_CODES} }} }}"

DESCRIPTORS = {
    "dtks": f"""
kind = "people"
files = ["dtks.csv"]
as_of = 2024-06-30
trust = 30
id = "IDSEMESTA"

[columns]
nik = "NIK"
kk = "NOKK"
name = "NAMA"
birth_date = {{ column = "TGL_LAHIR", format = "%d-%m-%Y" }}
sex = {{ column = "JK", {_SEX}
relation = {{ column = "HUB", {_RELATION}
village = {{ column = "KODE_DESA", system = "kemendagri" }}
""",
    "regsosek": f"""
kind = "people"
files = ["regsosek.csv"]
as_of = 2022-11-30
trust = 40
id = "id_art"
family = "id_keluarga"

[columns]
nik = "nik"
kk = "nokk"
name = "nama"
birth_date = {{ year = "lahir_thn", month = "lahir_bln", day = "lahir_tgl" }}
sex = {{ column = "jk", {_SEX}
relation = {{ column = "hub", {_RELATION}
village = {{ column = "kode", system = "kemendagri" }}
place_kind = {{ column = "jenis_wilayah", codes = {{ "1" = "desa", "2" = "non_desa_area" }} }}
""",
    "dtsen": f"""
kind = "people"
files = ["dtsen.csv"]
as_of = 2026-01-23
trust = 60
role = "base"
id = "id"
family = "id_keluarga"

[columns]
nik = "nik"
kk = "no_kk"
name = "nama"
birth_date = {{ column = "tgl_lahir", format = "%Y-%m-%d" }}
sex = {{ column = "jk", {_SEX}
relation = {{ column = "hub", {_RELATION}
village = {{ column = "kode", system = "kemendagri" }}
""",
    "dukcapil": f"""
kind = "civil_registry"
files = ["dukcapil.csv"]
as_of = 2026-01-25
trust = 90
id = "ID"

[columns]
nik = "NIK"
kk = "NO_KK"
name = "NAMA"
birth_date = {{ column = "TGL_LHR", format = "%d/%m/%Y" }}
sex = {{ column = "JK", {_SEX}
relation = {{ column = "HUB", {_RELATION}
village = {{ column = "KODE", system = "kemendagri" }}
status = {{ column = "STATUS", codes = {{ AKTIF = "active", MENINGGAL = "dead" }} }}
""",
    "peristiwa": """
kind = "events"
files = ["peristiwa.csv"]
as_of = 2026-01-31
trust = 80
id = "id"

[columns]
event = "event"
on_date = { column = "tanggal", format = "%Y-%m-%d" }
nik = "nik"
name = "nama"
new_kk = "kk_baru"
from_area = { column = "asal", system = "kemendagri" }
to_area = { column = "tujuan", system = "kemendagri" }
""",
    "peringkat": """
kind = "rankings"
files = ["peringkat.csv"]
as_of = 2026-01-23
trust = 60
id = "id"

[columns]
kk = "kk"
decile = "desil"
release = "rilis"
""",
    "penyaluran": """
kind = "payments"
files = ["penyaluran.csv"]
as_of = 2026-01-15
trust = 50
id = "id"

[columns]
nik = "nik"
name = "nama"
payee = "nama"
programme = "program"
period_start = { column = "awal", format = "%Y-%m-%d" }
period_end = { column = "akhir", format = "%Y-%m-%d" }
paid_on = { column = "tgl", format = "%Y-%m-%d" }
amount = "rupiah"
status = { column = "status", codes = { TERSALUR = "paid", GAGAL = "failed" } }
""",
    "kepesertaan": """
kind = "enrolments"
files = ["kepesertaan.csv"]
as_of = 2026-01-15
trust = 50
id = "id"

[columns]
nik = "nik"
name = "nama"
programme = "program"
status = { column = "status", codes = { Aktif = "active", Berakhir = "ended" } }
valid_from = { column = "mulai", format = "%Y-%m-%d" }
valid_to = { column = "selesai", format = "%Y-%m-%d" }
""",
}
