"""Six years of the village: a diary of dated acts, and what the register holds of whom when.

    acts(date(2027, 8, 31))                     # what was recorded by then

`village_reading` reads it month by month, `village_records` writes it as files of a workspace.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from tangga.rules.days import first_day, month_of
from tangga.rules.values import Value
from village import CARDS, CAST, Villager

FIRST, LAST = date(2026, 2, 28), date(2032, 1, 31)

DIARY = """
# Support as it ran before the register; Mbah Karto's family is enrolled in February 2026
2019-01-01 | enrol  | tukinem  | id=tukinem programme=sembako
2021-01-01 | enrol  | rosmi    | id=rosmi programme=pkh
2022-09-01 | enrol  | sari     | id=sari programme=sembako
2023-04-01 | enrol  | rosmiati | id=rosmiati programme=sembako
2026-02-01 | enrol  | karto    | id=karto programme=pkh
2026-02-01 | enrol  | karto    | id=karto-elderly programme=pkh component=elderly
2026-02-01 | enrol  | rizky    | id=rizky-school programme=pkh component=upper_secondary
2025-08-20 | death  | tukinem  |
2025-11-03 | death  | rosmi    |
2025-10-06 | shock  | yanto    | shock=job_loss
2025-12-01 | facts  | dewi     | dropout_risk=true
2026-02-10 | payee  | rosmi    | id=rosmi payee=herman

# Yanto, decile 6, lost his work: watch, followed for twelve months; he finds work and leaves it
2026-03-10 | rung   | yanto    | rung=watch
2027-03-20 | visit  | yanto    | worker=ani income=2700000 since=2026-09-01
2027-04-05 | rung   | yanto    | rung=
2027-04-05 | facts  | dewi     | dropout_risk=false

# Anton sees badly; Wyata Guna; only he is held back
2026-03-10 | assess | anton    | kind=rehabilitation need=psychosocial
2026-04-01 | open   | anton    | id=anton-1 kind=disability sentra=wyata_guna
2026-07-05 | review | anton    | id=anton-1
2026-11-05 | review | anton    | id=anton-1
2027-01-20 | assess | anton    | kind=rehabilitation need=none
2027-02-10 | close  | anton    | id=anton-1
2027-03-01 | assess | anton    | kind=empowerment need=vocational
2027-06-01 | join   | anton    | id=anton-kube

# Bu Sari: a plan at 48, an extension at 60, a place at 64, out of poverty, a flood, back
2026-09-15 | assess | sari     | kind=empowerment need=entrepreneurship
2027-09-10 | extend | sari     | until=2028-03-10 by=kepala_dinas document=SK-17
2027-09-10 | assess | sari     | kind=empowerment need=entrepreneurship
2027-12-05 | join   | sari     | id=sari-kube
2028-01-20 | rung   | sari     | rung=empowerment
2028-02-01 | end    | sari     | id=sari exit=to_empowerment
2028-09-15 | visit  | sari     | worker=ani income=3600000 since=2028-03-01
2029-04-10 | visit  | sari     | worker=budi income=3900000 statement=yes document=BA-3
2029-05-10 | rung   | sari     | rung=graduated exit=independent
2029-11-20 | shock  | sari     | shock=flood
2029-12-01 | leave  | sari     | id=sari-kube
2029-12-10 | visit  | sari     | worker=ani income=1200000 since=2029-12-01
2030-01-08 | rung   | sari     | rung=protection
2030-02-01 | enrol  | sari     | id=sari-2 programme=sembako
2030-02-20 | extend | sari     | until=2030-08-20 by=kepala_dinas document=SK-41
2030-11-05 | join   | sari     | id=sari-kube-2
2030-12-20 | rung   | sari     | rung=empowerment
2031-01-01 | end    | sari     | id=sari-2 exit=to_empowerment

# The Hermans: past sixty months when the cap comes; extended, then a place, and moved
2026-08-15 | extend | herman   | until=2027-02-15 by=kepala_dinas document=SK-2
2027-03-01 | enrol  | herman   | id=herman-pena programme=pena
2027-04-20 | rung   | herman   | rung=empowerment
2027-05-01 | end    | rosmi    | id=rosmi exit=to_empowerment

# Rosmiati has an accident: exempt from then on
2027-06-10 | facts  | rosmiati | disability_card=true

# The Sudanas: just above, a failed harvest, a group; never a month of support
2027-01-20 | decile | sudana   | decile=5 release=2027-T1
2027-02-10 | shock  | sudana   | shock=drought
2027-03-15 | rung   | sudana   | rung=watch
2027-04-10 | assess | artini   | kind=empowerment need=entrepreneurship
2027-05-01 | join   | artini   | id=artini-kube
2027-06-15 | rung   | sudana   | rung=empowerment

# Rizky leaves school: his component ends, his grandfather's goes on
2027-07-01 | facts  | rizky    | school_status=left
2027-08-01 | end    | rizky    | id=rizky-school exit=natural
2031-02-10 | extend | karto    | until=2031-08-10 by=kepala_dinas document=SK-60
2031-09-10 | assess | sugeng   | kind=empowerment need=none
2031-09-20 | end    | karto    | id=karto exit=to_empowerment
"""


@dataclass(frozen=True)
class Act:
    """One line of the diary. who: a person or a family, by key."""

    on: date
    kind: str
    who: str
    said: Mapping[str, str]

    def day(self, key: str) -> date | None:
        """A day of the details."""
        return date.fromisoformat(self.said[key]) if key in self.said else None


def _act(line: str) -> Act:
    day, kind, who, details = (cell.strip() for cell in line.split("|"))
    said = dict(detail.split("=") for detail in details.split())
    return Act(date.fromisoformat(day), kind, who, said)


ACTS = tuple(_act(line) for line in DIARY.splitlines() if line and not line.startswith("#"))


def acts(on: date, kind: str = "", who: str = "") -> list[Act]:
    """What was recorded by a day, in order; of one kind, of one person or family."""
    return sorted(
        (a for a in ACTS if a.on <= on and kind in ("", a.kind) and who in ("", a.who)),
        key=lambda act: act.on,
    )


def months() -> Iterator[date]:
    """The last day of each of the seventy-two months."""
    for month in range(month_of(FIRST), month_of(LAST) + 1):
        yield first_day(month + 1) - timedelta(1)


def home(villager: Villager) -> str:
    """Somebody's programme family: the official card of Togar holds Jonathan's family too."""
    return "siregar" if villager.family == "jonathan" else villager.family


FAMILIES = tuple(dict.fromkeys(home(villager) for villager in CAST.values()))


def members(family: str) -> list[Villager]:
    """Everybody who belongs to a family, the dead among them."""
    return [villager for villager in CAST.values() if home(villager) == family]


def living(family: str, on: date) -> list[Villager]:
    """Those who live."""
    return [v for v in members(family) if not acts(on, "death", v.key)]


HEADS = {"sari", "jumadi", "karto", "herman", "rosmiati", "tukinem", "sudana", "paimin", "yanto",
         "togar"}  # fmt: skip
SPOUSES = {"rosmala", "rosmi", "artini", "sumi", "nurhayati", "tiur"}
RELATIONS = {
    **dict.fromkeys(HEADS, "head"),
    **dict.fromkeys(SPOUSES, "spouse"),
    "maria": "child_in_law",
    "gabriel": "grandchild",
    "rizky": "grandchild",
}
PUPILS = {
    **dict.fromkeys(["putri", "citra", "fajar", "adi", "ade"], "primary"),
    **dict.fromkeys(["dimas", "aisyah", "bagas"], "lower_secondary"),
    **dict.fromkeys(["rizky", "dewi"], "upper_secondary"),
}
DIFFICULTIES = ("seeing", "hearing", "walking", "hands", "learning", "behaviour", "speaking",
                "self_care", "remembering")  # fmt: skip


def person_row(who: Villager, on: date) -> dict[str, Value]:
    """What the register holds of a person: the survey of February 2026, and what changed."""
    row: dict[str, Value] = {
        "person_id": who.key,
        "family_id": home(who),
        "status": "dead" if acts(on, "death", who.key) else "active",
        "sex": "female" if who.sex == "f" else "male",
        "birth_date": who.birth,
        "relation": RELATIONS.get(who.key, "child"),
    }
    row |= _surveyed(who) if who.nik else {}
    for act in acts(on, "facts", who.key):
        row |= {name: value == "true" if value in ("true", "false") else value
                for name, value in act.said.items()}  # fmt: skip
    return row


def _surveyed(who: Villager) -> dict[str, Value]:
    """What visitors asked; they did not meet the three of the forest register."""
    difficult = dict.fromkeys((f"difficulty_{what}" for what in DIFFICULTIES), "none")
    if who.key == "anton":
        difficult["difficulty_seeing"] = "much"
    return {
        "illness": "none",
        "carer_of": "nobody",
        "absence": "present",
        "pregnant": False if who.sex == "f" else None,
        "school_status": "attending" if who.key in PUPILS else "left",
        "school_level": PUPILS.get(who.key),
        "in_school_register": who.key in PUPILS,
        **difficult,
    }


def family_row(family: str, on: date) -> dict[str, Value]:
    """What the register holds of a family."""
    row: dict[str, Value] = {"family_id": family, "village": _village(family) or None}
    for visit in acts(on, "visit", family):
        row |= {"income_month": int(visit.said["income"])}
        row |= {"income_since": visit.day("since")} if "since" in visit.said else {}
    return row


def _village(family: str) -> str:
    return CARDS[family][1]


# --- spells ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Enrolment:
    """A spell of support; until: the day it ended (exclusive), None while it runs."""

    id: str
    person: str
    programme: str
    component: str
    since: date
    until: date | None
    exit: str
    payee: str


@lru_cache(maxsize=200)
def enrolments(on: date) -> tuple[Enrolment, ...]:
    """Every spell as known on a day."""
    found = []
    for act in acts(on, "enrol"):
        id_ = act.said["id"]
        end = next((a for a in acts(on, "end") if a.said["id"] == id_), None)
        payees = [a.said["payee"] for a in acts(on, "payee") if a.said["id"] == id_]
        found.append(
            Enrolment(
                id=id_,
                person=act.who,
                programme=act.said["programme"],
                component=act.said.get("component", ""),
                since=act.on,
                until=end.on if end else None,
                exit=end.said["exit"] if end else "",
                payee=payees[-1] if payees else act.who,
            )
        )
    return tuple(found)


def running(family: str, on: date) -> list[Enrolment]:
    """The spells of a family that run on a day."""
    return [e for e in enrolments(on) if home(CAST[e.person]) == family and e.until is None]
