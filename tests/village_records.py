"""The diary of the village (`village_years`) as files of a workspace, as known on one day.

write_years(folder, date(2027, 8, 31))      # a workspace that `tangga run --as-of` can run
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from ladder_cases import CAP_IN_FORCE
from village import CARDS, CAST, DECILES, write_village
from village_years import HEADS, acts, enrolments, family_row, home, person_row

Row = tuple[object, ...]
Table = tuple[tuple[str, ...], Iterable[Row]]

HEAD_OF = {home(CAST[key]): CAST[key] for key in HEADS}
SURVEYED = ["illness", "carer_of", "absence", "pregnant", "school_status", "school_level",
            "in_school_register", "disability_card", "dropout_risk"]  # fmt: skip
DIFFICULT = ["seeing", "hearing", "walking", "hands", "learning", "behaviour", "speaking",
             "self_care", "remembering"]  # fmt: skip


def write_years(folder: Path, until: date) -> Path:
    """The village's workspace with everything that was recorded by a day; returns the folder."""
    write_village(folder)
    shutil.copytree(CAP_IN_FORCE, folder / "local")
    settings = (folder / "tangga.toml").read_text(encoding="utf-8")
    settings = settings.replace("2026-01-31", str(until)) + 'policy = ["local/"]\n'
    (folder / "tangga.toml").write_text(settings, encoding="utf-8")
    for name, (kind, table) in SOURCES.items():
        header, rows = table(until)
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\n").writerows([header, *rows])
        descriptor = folder / f"sources/{name}.toml"
        descriptor.write_text(_descriptor(name, kind, header, until), encoding="utf-8")
    return folder


def _descriptor(name: str, kind: str, header: tuple[str, ...], until: date) -> str:
    """Every column by its own name; the first is the record's id."""
    as_of = RELEASE if kind == "rankings" else until
    lines = [f'kind = "{kind}"', f'files = ["{name}.csv"]', f"as_of = {as_of}", "trust = 70"]
    lines += ['id = "id"', "", "[columns]"]
    lines += [f"{column} = {_column(column)}" for column in header if column != "id"]
    return "\n".join(lines) + "\n"


DATES = ("on_date", "valid_from", "valid_to", "until", "opened", "closed", "review_on",
         "joined_on", "left_on", "income_since", "birth_date")  # fmt: skip


RELEASE = date(2027, 1, 20)
AREAS = ("village",)


def _column(column: str) -> str:
    if column in AREAS:
        return f'{{ column = "{column}", system = "kemendagri" }}'
    if column in DATES:
        return f'{{ column = "{column}", format = "%Y-%m-%d" }}'
    return f'"{column}"'


def _who(person: str) -> tuple[str, str]:
    """NIK and name, by which a row says whom it means."""
    return CAST[person].nik, CAST[person].name


def _said(value: object) -> object:
    return {True: "true", False: "false", None: ""}.get(value, value)  # type: ignore[arg-type]


def _survey(until: date) -> Table:
    """What visitors asked of everybody in February 2026, and what changed since."""
    columns = [*SURVEYED, *(f"difficulty_{what}" for what in DIFFICULT)]
    rows = []
    for villager in CAST.values():
        row = person_row(villager, until)
        if villager.nik and row["status"] != "dead":
            facts = (_said(row.get(column)) for column in columns)
            card, village = CARDS[home(villager)]
            known = (villager.birth, row["sex"], row["relation"], card, village)
            rows.append((f"s-{villager.key}", *_who(villager.key), *known, *facts))
    header = ("id", "nik", "name", "birth_date", "sex", "relation", "kk", "village", *columns)
    return header, rows


def _families(until: date) -> Table:
    """What visitors saw of the income of families."""
    rows = []
    for family, head in HEAD_OF.items():
        row = family_row(family, until)
        if "income_month" in row:
            card, village = CARDS[home(head)]
            rows.append((f"f-{family}", card, village, row["income_month"], row["income_since"]))
    return ("id", "kk", "village", "income_month", "income_since"), rows


def _enrolments(until: date) -> Table:
    rows = [
        (spell.id, *_who(spell.person), spell.programme, spell.component,
         "ended" if spell.until else "active", spell.since, spell.until or "", spell.exit,
         CAST[spell.payee].nik)
        for spell in enrolments(until)
    ]  # fmt: skip
    header = ("id", "nik", "name", "programme", "component", "status", "valid_from", "valid_to",
              "exit", "payee_nik")  # fmt: skip
    return header, rows


def _events(until: date) -> Table:
    """Moves, shocks and extensions, each by the head of the family."""
    kinds = {"rung": "rung_move", "left": "rung_left", "shock": "shock", "extend": "extension"}
    rows = [
        (f"t-{n}", kinds["left" if act.said.get("rung") == "" else act.kind], act.on,
         *_who(HEAD_OF[act.who].key),
         *(act.said.get(key, "") for key in ("shock", "rung", "exit", "until", "by", "document")))
        for n, act in enumerate(acts(until))
        if act.kind in kinds and (act.kind, act.who) != ("shock", "yanto")
    ]  # fmt: skip
    header = ("id", "event", "on_date", "nik", "name", "shock", "rung", "exit", "until", "by",
              "document")  # fmt: skip
    return header, rows


def _visits(until: date) -> Table:
    rows = [
        (f"k-{n}", act.on, *_who(HEAD_OF[act.who].key), act.said["worker"], "complete",
         *(act.said.get(key, "") for key in ("income", "since", "statement", "document")))
        for n, act in enumerate(acts(until, "visit"))
    ]  # fmt: skip
    header = ("id", "on_date", "nik", "name", "worker", "result", "income_month", "income_since",
              "statement", "document")  # fmt: skip
    return header, rows


def _assessments(until: date) -> Table:
    rows = [
        (f"a-{n}", *_who(act.who), act.said["kind"], act.on, act.said["need"])
        for n, act in enumerate(acts(until, "assess"))
    ]
    return ("id", "nik", "name", "kind", "on_date", "need"), rows


def _cases(until: date) -> Table:
    rows = []
    for act in acts(until, "open"):
        of_it = [a for a in acts(until, who=act.who) if a.said.get("id") == act.said["id"]]
        reviews = [a.on for a in of_it if a.kind == "review"]
        closed = next((a.on for a in of_it if a.kind == "close"), None)
        state = "finished" if closed else "in_service"
        rows.append(
            (act.said["id"], *_who(act.who), act.said["kind"], act.on, closed or "",
             max(reviews, default=""), act.said["sentra"], state)
        )  # fmt: skip
    header = ("id", "nik", "name", "kind", "opened", "closed", "review_on", "sentra", "state")
    return header, rows


def _groups(until: date) -> Table:
    left = {a.said["id"]: a.on for a in acts(until, "leave")}
    rows = [
        (act.said["id"], *_who(act.who), "kube-1", "kube", "running", act.on,
         left.get(act.said["id"], ""))
        for act in acts(until, "join")
    ]  # fmt: skip
    return ("id", "nik", "name", "group_id", "kind", "state", "joined_on", "left_on"), rows


def _rankings(until: date) -> Table:
    """A later release, of the cards of the first; only what the diary says differs."""
    changes = {act.who: act.said["decile"] for act in acts(until, "decile")}
    rows = [
        (f"r-{card}", CARDS[card][0], changes.get(card, decile), "2027-T1")
        for card, decile in DECILES.items()
        if changes
    ]
    return ("id", "kk", "decile", "release"), rows


SOURCES: dict[str, tuple[str, Callable[[date], Table]]] = {
    "survei": ("people", _survey),
    "pendapatan": ("families", _families),
    "kepesertaan": ("enrolments", _enrolments),
    "kejadian": ("events", _events),
    "kunjungan": ("visits", _visits),
    "asesmen": ("assessments", _assessments),
    "kasus": ("cases", _cases),
    "kelompok": ("groups", _groups),
    "peringkat_2027": ("rankings", _rankings),
}
"""Source -> its kind, and its rows on a day. `kepesertaan` takes the place of the village's own."""
