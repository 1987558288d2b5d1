"""A small country pack with a policy, for tests of loading: one of each thing.

pack = write_pack(tmp_path)
load_policy(load_pack(pack))
"""

from __future__ import annotations

from pathlib import Path

PACK = """name = "small"
title = "A small country"
languages = ["id", "en"]
area_system = "none"
"""
PERSON = """label_id = "Orang"
label_en = "Person"

[columns.name]
type = "text"
privacy = "identity"
label_id = "Nama"
label_en = "Name"
source = "test"

[columns.sex]
type = "code"
codes = "sex"
privacy = "personal"
label_id = "Jenis kelamin"
label_en = "Sex"
source = "test"

[columns.birth_date]
type = "date"
privacy = "personal"
label_id = "Tanggal lahir"
label_en = "Birth date"
source = "test"

[columns.birth_year]
type = "integer"
privacy = "personal"
label_id = "Tahun lahir"
label_en = "Birth year"
source = "test"

[columns.birth_month]
type = "integer"
privacy = "personal"
label_id = "Bulan lahir"
label_en = "Birth month"
source = "test"

[columns.status]
type = "code"
codes = "status"
privacy = "personal"
label_id = "Status"
label_en = "Status"
source = "test"

[columns.wage]
type = "decimal"
privacy = "personal"
label_id = "Upah"
label_en = "Wage"
source = "test"
"""
FAMILY = """label_id = "Keluarga"
label_en = "Family"

[columns.decile_seen]
type = "integer"
privacy = "personal"
label_id = "Desil"
label_en = "Decile"
source = "test"

[columns.rung]
type = "code"
codes = "rung"
privacy = "personal"
label_id = "Anak tangga"
label_en = "Rung"
source = "test"

[columns.receives_rice]
type = "boolean"
privacy = "personal"
label_id = "Menerima beras"
label_en = "Receives rice"
source = "test"
"""
CODES = {
    "sex": ("male", "female"),
    "status": ("active", "dead"),
    "programme": ("cash", "rice", "care"),
    "determiner": ("ministry", "mayor"),
    "component": ("pupil", "elderly"),
    "rung": ("protection", "empowerment", "watch"),
    "track": ("rehabilitation",),
    "removal_reason": ("died",),
    "need": ("therapy", "training"),
}
FACTS = """[[version]]
id = "1"
valid_from = 2020-01-01
basis = "A law"
source = "A page"

[person.born]
birth = true
label_id = "Tanggal lahir"
label_en = "Birth date"

[family.children]
count = { fact = "born", age_under = 18 }
label_id = "Anak"
label_en = "Children"

[family.receives_cash]
history = true
type = "boolean"
usual = false
label_id = "Menerima uang"
label_en = "Receives cash"

[family.receives_care]
history = true
type = "boolean"
usual = false
label_id = "Menerima perawatan"
label_en = "Receives care"

[[case]]
name = "One child of two members"
on = 2025-07-01
members = [ { birth_date = 2015-03-01 }, { birth_date = 1980-03-01 } ]
expect = { children = 1 }
"""
CASH = """id = "cash"
unit = "family"
focus = "protection"
determined_by = "ministry"

[[version]]
id = "2025"
valid_from = 2025-01-01
basis = "A law"
source = "A page"
waiting = ["decile", "since", "draw"]

[[version.requires]]
id = "decile"
label_id = "Desil 1 sampai 4"
label_en = "Decile 1 to 4"
if = { fact = "decile_seen", at_most = 4 }

[[version.excludes]]
programme = "care"

[version.benefit]
amount_year = 1200000
payments = 4

[[case]]
name = "A family of decile 2: fits"
on = 2025-07-01
family = { decile_seen = 2 }
expect = "fits"

[[case]]
name = "A family of decile 6: does not fit"
on = 2025-07-01
family = { decile_seen = 6 }
expect = "does_not_fit"
because = ["decile"]
"""
RICE = """id = "rice"
unit = "family"
focus = "protection"
determined_by = "mayor"
packages = ["watch"]

[[version]]
id = "2024"
valid_from = 2024-01-01
valid_to = 2026-01-01
basis = "A law"
source = "A page"

[[version.requires]]
id = "children"
label_id = "Ada anak"
label_en = "A child"
if = { fact = "children", at_least = 1 }

[version.about]
note_id = "Catatan"
note_en = "A note"

[version.group]
least = 5
most = 20
area = "district"

[version.benefit]
most_members = 2
most_children = 1
ties = "born"

[[version.benefit.component]]
id = "pupil"
amount_year = 900000
who = { fact = "born", age_under = 18 }
priority = 1
child = true
most = 1

[[version.benefit.component]]
id = "elderly"
amount_year = 2400000
who = { fact = "born", age_at_least = 60 }
priority = 2
ends_by_clock = false
"""
LADDER = """[[move]]
id = "up"
label_id = "Naik"
label_en = "Up"
do_id = "Catat"
do_en = "Record it"
subject = "family"
from = ["protection"]
to = "empowerment"

[[move.version]]
id = "1"
valid_from = 2024-01-01
basis = "A law"
source = "A page"

[[move.version.requires]]
id = "better"
label_id = "Desil 5 ke atas"
label_en = "Decile 5 and above"
if = { fact = "decile_seen", at_least = 5 }

[[move]]
id = "care"
label_id = "Perawatan"
label_en = "Care"
subject = "person"
track = "rehabilitation"

[[move.version]]
id = "1"
valid_from = 2024-01-01
basis = "A law"
source = "A page"

[[move.version.requires]]
id = "woman"
label_id = "Perempuan"
label_en = "A woman"
if = { fact = "sex", is = "female" }

[[case]]
name = "Decile 6 on protection: up"
move = "up"
on = 2025-07-01
family = { decile_seen = 6, rung = "protection" }
expect = "due"

[[case]]
name = "Decile 6 on no rung: not up"
move = "up"
on = 2025-07-01
family = { decile_seen = 6 }
expect = "not_due"
because = ["from"]

[[case]]
name = "A woman: care"
move = "care"
on = 2025-07-01
members = [ { status = "dead" }, { sex = "female", status = "active" } ]
person = 2
expect = "due"
"""
SIGNALS = """[[signal]]
id = "death"
label_id = "Meninggal"
label_en = "Dead"
check_id = "Lihat akta"
check_en = "See the certificate"
subject = "family"
reason = "died"

[[signal.version]]
id = "1"
valid_from = 2024-01-01
basis = "A law"
source = "A page"
deadline_days = 14

[[signal.version.requires]]
id = "none_left"
label_id = "Tidak ada anak"
label_en = "No child"
if = { fact = "children", at_most = 0 }

[[signal]]
id = "reported"
label_id = "Dilaporkan meninggal"
label_en = "Reported dead"
subject = "person"
reason = "died"

[[signal.version]]
id = "1"
valid_from = 2024-01-01
basis = "A law"
source = "A page"
deadline_days = 14

[[signal.version.requires]]
id = "dead"
label_id = "Tercatat meninggal"
label_en = "Recorded as dead"
if = { fact = "status", is = "dead" }

[[case]]
name = "Nobody: shows"
signal = "death"
on = 2025-07-01
expect = "shows"
"""
PAYEE = """[[choice]]
id = "woman"
label_id = "Perempuan"
label_en = "A woman"

[[choice.version]]
id = "1"
valid_from = 2024-01-01
basis = "A law"
source = "A page"

[[choice.version.requires]]
id = "woman"
label_id = "Perempuan"
label_en = "A woman"
if = { fact = "sex", is = "female" }
"""
CLASSES = """[[version]]
id = "1"
valid_from = 2024-01-01
basis = "A law"
source = "A page"

[[version.class]]
id = "poor"
label_id = "Miskin"
label_en = "Poor"
deciles = [1, 2]
"""
SENTRA = """sentra,name,area,services,valid_from,valid_to,source,question
alba,Sentra Alba,18,therapy;training,2020-01-01,,A page,
bira,Sentra Bira,1811,,2020-01-01,2025-01-01,A page,Which services?
dara,Sentra Dara,1811,therapy,2025-01-01,,A page,
"""
POLICY = {
    "facts.toml": FACTS,
    "programmes/cash.toml": CASH,
    "programmes/rice.toml": RICE,
    "ladder.toml": LADDER,
    "signals.toml": SIGNALS,
    "payee.toml": PAYEE,
    "classes.toml": CLASSES,
    "sentra.csv": SENTRA,
}
NEW = """id = "care"
unit = "person"
focus = "rehabilitation"
determined_by = "mayor"
area = "village"

[[version]]
id = "1"
valid_from = 2025-01-01
basis = "A local rule"
source = "A page"

[[version.requires]]
id = "old"
label_id = "60 tahun ke atas"
label_en = "60 and older"
if = { fact = "born", age_at_least = 60 }
"""
"""A programme of an overlay."""


def write_pack(folder: Path) -> Path:
    """The pack in a folder; returns the folder."""
    schema = folder / "schema"
    (schema / "codes").mkdir(parents=True)
    (folder / "pack.toml").write_text(PACK)
    (schema / "person.toml").write_text(PERSON)
    (schema / "family.toml").write_text(FAMILY)
    for name, codes in CODES.items():
        rows = "".join(f"{code},{code} (id),{code} (en)\n" for code in codes)
        (schema / "codes" / f"{name}.csv").write_text(f"code,label_id,label_en\n{rows}")
    write_files(folder / "policy", POLICY)
    return folder


def write_files(folder: Path, files: dict[str, str]) -> Path:
    """Files by their path in a folder; returns the folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder
