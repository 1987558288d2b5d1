"""Six years of the village: a diary of dated acts, and its reading month by month.

    acts(date(2027, 8, 31))                     # what was recorded by then
    facts("sari", date(2027, 8, 31), policy)    # the family's facts on that day, in plain Python
    write_years(folder, date(2027, 8, 31))      # the same as a workspace that `tangga run` can run

The reading of acts here is a third one, on purpose: written out for eleven families, beside the
engine's for a country. The cap is in force from July 2026 (overlays/cap_in_force).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from ladder_cases import CAP_IN_FORCE, policy
from tangga.rules.clock import (
    Adult,
    Claimant,
    FamilyCount,
    Grant,
    Stay,
    case_months,
    collected,
    counted,
    disaster_months,
    family_count,
)
from tangga.rules.clock_settings import Clock
from tangga.rules.days import first_day, month_of, months_before, whole_months
from tangga.rules.facts_reading import Row, reading
from tangga.rules.names import Facts
from tangga.rules.on_date import OnDate
from tangga.rules.values import Value
from village import CARDS, CAST, DECILES, Villager

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


FAMILIES = tuple(dict.fromkeys(villager.family for villager in CAST.values()))


def members(family: str) -> list[Villager]:
    """Everybody who belongs to a family, the dead among them."""
    return [villager for villager in CAST.values() if villager.family == family]


def living(family: str, on: date) -> list[Villager]:
    """Those who live."""
    return [v for v in members(family) if not acts(on, "death", v.key)]


HEADS = {"sari", "jumadi", "karto", "herman", "rosmiati", "tukinem", "sudana", "paimin", "yanto",
         "togar", "jonathan"}  # fmt: skip
SPOUSES = {"rosmala", "rosmi", "artini", "sumi", "nurhayati", "tiur", "maria"}
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
        "family_id": who.family,
        "status": "dead" if acts(on, "death", who.key) else "active",
        "sex": "female" if who.sex == "f" else "male",
        "birth_date": who.birth,
        "relation": "head" if who.key in HEADS else "spouse" if who.key in SPOUSES else "child",
        "illness": "none",
        "carer_of": "nobody",
        "absence": "present",
        "pregnant": False if who.sex == "f" else None,
        "school_status": "attending" if who.key in PUPILS else "left",
        "school_level": PUPILS.get(who.key),
        "in_school_register": who.key in PUPILS,
    }
    row |= {f"difficulty_{what}": "none" for what in DIFFICULTIES}
    if who.key == "anton":
        row["difficulty_seeing"] = "much"
    for act in acts(on, "facts", who.key):
        row |= {name: value == "true" if value in ("true", "false") else value
                for name, value in act.said.items()}  # fmt: skip
    return row


def family_row(family: str, on: date) -> dict[str, Value]:
    """What the register holds of a family."""
    row: dict[str, Value] = {"family_id": family, "village": _village(family) or None}
    for visit in acts(on, "visit", family):
        row |= {"income_month": int(visit.said["income"])}
        row |= {"income_since": visit.day("since")} if "since" in visit.said else {}
    return row


def _village(family: str) -> str:
    return CARDS["siregar" if family == "jonathan" else family][1]


# --- spells and the clock -----------------------------------------------------------------------


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
    return [e for e in enrolments(on) if CAST[e.person].family == family and e.until is None]


@lru_cache(maxsize=200)
def _collected(on: date, clock: Clock) -> Mapping[str, frozenset[int]]:
    grants = [
        Grant(
            CAST[e.person].family,
            e.person,
            e.programme,
            e.since,
            e.until - timedelta(1) if e.until else None,
        )
        for e in enrolments(on)
    ]
    stays = [
        Stay(v.key, v.family, v.birth, d[0].on if (d := acts(on, "death", v.key)) else None)
        for v in CAST.values()
    ]
    disasters = {
        act.who: disaster_months(act.on, None, clock, on)
        for act in acts(on, "shock")
        if act.said["shock"] in clock.disasters
    }
    return collected(grants, stays, clock, on, disasters)


def clock_of(family: str, on: date, today: OnDate, persons: Facts) -> FamilyCount:
    """The family's months, from those of its members. persons: facts without history of months."""
    clock = Clock.of(today.clock.says)
    claimants = []
    for facts in persons.members:
        who = CAST[str(facts.get("person_id"))]
        cases = frozenset[int]().union(
            *(case_months(one.opened, one.closed, on) for one in _cases(who.key, on))
        )
        adult = Adult(who.birth, facts.get("school_status") == "attending", cases)
        months = counted(_collected(on, clock).get(who.key, frozenset()), adult, clock)
        claimants.append(
            Claimant(
                months=len(months.sure),
                unsure=len(months.unsure),
                since_start=months.since(clock.starts_on),
                leads=facts.get("relation") in ("head", "spouse"),
                exempt=facts.get("exempt"),  # type: ignore[arg-type]
                able=facts.get("able"),  # type: ignore[arg-type]
                born=who.birth,
                person=who.key,
            )
        )
    return family_count(claimants)


# --- history facts ------------------------------------------------------------------------------


@dataclass(frozen=True)
class CaseOf:
    """A rehabilitation case as known on a day."""

    opened: date
    reviewed: date
    closed: date | None


def _cases(person: str, on: date) -> list[CaseOf]:
    found = []
    for act in acts(on, "open", person):
        of_it = [a for a in acts(on, who=person) if a.said.get("id") == act.said["id"]]
        reviews = [a.on for a in of_it if a.kind in ("open", "review")]
        closed = next((a.on for a in of_it if a.kind == "close"), None)
        found.append(CaseOf(act.on, max(reviews), closed))
    return found


def person_history(person: str, on: date) -> dict[str, Value]:
    """The history facts of a person that the rules of the ladder read."""
    cases, assessed = _cases(person, on), acts(on, "assess", person)
    opened = [one for one in cases if one.closed is None]
    closed = [one.closed for one in cases if one.closed is not None]
    left = {a.said["id"] for a in acts(on, "leave", person)}
    return {
        "case_open": bool(opened),
        "case_reviewed_on": max((one.reviewed for one in opened), default=None),
        "case_closed_on": max(closed, default=None),
        "need_assessed": assessed[-1].said["need"] if assessed else None,
        "need_assessed_on": assessed[-1].on if assessed else None,
        "assessed_disabled": False,
        "exempt_claimed": False,
        "group_member": any(a.said["id"] not in left for a in acts(on, "join", person)),
    }


def family_history(family: str, on: date, today: OnDate) -> dict[str, Value]:
    """The history facts of a family that the rules of the ladder read, but for the months."""
    rung, since = _rung(family, on)
    return {
        "rung": rung,
        "rung_since": since,
        "support_open": bool(_counted(family, on)),
        **_decile(family, on),
        **_shock(family, on),
        **_extension(family, on),
        **_visits(family, on, since, today),
        **_receives(family, on),
    }


def _counted(family: str, on: date) -> list[Enrolment]:
    return [one for one in running(family, on) if one.programme in ("pkh", "sembako")]


def _rung(family: str, on: date) -> tuple[str | None, date | None]:
    moves = acts(on, "rung", family)
    if moves:
        return moves[-1].said["rung"] or None, moves[-1].on
    open_ = _counted(family, on)
    return ("protection", min(one.since for one in open_)) if open_ else (None, None)


def _decile(family: str, on: date) -> dict[str, Value]:
    said = [(date(2026, 1, 23), DECILES.get(family, ""))]
    later = [a for a in acts(on, "decile") if a.on <= on]
    if later:
        own = next((a.said["decile"] for a in later if a.who == family), said[0][1])
        said.append((later[-1].on, own))
    deciles = [int(text) if text else None for _, text in said]
    return {
        "decile": deciles[-1],
        "decile_on": said[-1][0],
        "decile_before": deciles[-2] if len(deciles) > 1 else None,
    }


def _shock(family: str, on: date) -> dict[str, Value]:
    open_ = [a for a in acts(on, "shock", family) if a.on >= months_before(on, 12)]
    return {
        "shock": open_[-1].said["shock"] if open_ else None,
        "shock_on": open_[-1].on if open_ else None,
    }


def _extension(family: str, on: date) -> dict[str, Value]:
    untils = [a.day("until") for a in acts(on, "extend", family)]
    return {"extended_until": untils[-1] if untils else None}


def _visits(family: str, on: date, since: date | None, today: OnDate) -> dict[str, Value]:
    """Visits: the last one, the unbroken run of observations above the buffer, the papers."""
    visits = acts(on, "visit", family)
    run: list[Act] = []
    for visit in visits:
        line = poverty_line(family, visit.on, today)
        high = int(visit.said["income"]) * 10 >= line * 12 * len(living(family, visit.on))
        run = [*run, visit] if high else []
    on_rung = [v for v in visits if since is None or v.on >= since]
    asked = [v.said["statement"] for v in on_rung if "statement" in v.said]
    return {
        "visited_on": visits[-1].on if visits else None,
        "above_first": run[0].on if run else None,
        "above_last": run[-1].on if run else None,
        "above_months": whole_months(run[0].on, run[-1].on) if run else 0,
        "above_observers": len({v.said["worker"] for v in run}),
        "statement": asked[-1] if asked else None,
        "minutes": any("document" in v.said for v in on_rung),
    }


def poverty_line(family: str, on: date, today: OnDate) -> int:
    """The line of the family's province on a day."""
    return int(reading(today.facts, on).family(family_row(family, on)).get("poverty_line"))  # type: ignore[arg-type]


def _receives(family: str, on: date) -> dict[str, Value]:
    """On a list that came: true or false; of no list: not known."""
    listed = {one.programme for one in enrolments(on)}
    own = {one.programme for one in running(family, on)}
    return {f"receives_{programme}": programme in own for programme in listed}


# --- facts --------------------------------------------------------------------------------------


@lru_cache(maxsize=200)
def today(on: date) -> OnDate:
    """The policy of a day, with the cap in force from July 2026."""
    return policy(CAP_IN_FORCE).on(on)


@lru_cache(maxsize=2000)
def facts(family: str, on: date) -> Facts:
    """All facts of a family on a day."""
    people = living(family, on)
    rows: list[Row] = [person_row(who, on) for who in people]
    pasts = [person_history(who.key, on) for who in people]
    past = family_history(family, on, today(on))
    read = reading(today(on).facts, on)
    without = read.family(family_row(family, on), rows, past, pasts)
    months_ = clock_of(family, on, today(on), without)
    past |= {"months_protected": months_.months_protected}
    return read.family(family_row(family, on), rows, past, pasts)
