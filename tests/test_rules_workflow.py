"""Workflows of a pack: what their files may say, and what windows and deadlines mean."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tangga.errors import BadPack
from tangga.registry.load import pack_dir
from tangga.rules.workflow import Window, load_workflows

GOOD = """
id = "Usulan"
en = "Proposal"
from = 2026-01-01
number = "USL"
[windows.month]
days = [1, 10]
[states.proposed]
id = "Diusulkan"
en = "Proposed"
waits_for = "verify"
days = 14
overdue = "late"
[states.done]
id = "Selesai"
en = "Done"
final = true
[states.with_province]
id = "Di provinsi"
en = "With the province"
[steps.propose]
id = "Usulkan"
en = "Propose"
from = []
to = "proposed"
verb = "propose"
hand = "proposer"
window = "month"
[steps.accept]
id = "Terima"
en = "Accept"
from = ["proposed", "with_province"]
to = "done"
verb = "verify"
hand = "verifier"
needs = ["reason"]
[steps.late]
id = "Ke provinsi"
en = "To the province"
from = ["proposed"]
to = "with_province"
system = true
"""


def load(folder: Path, text: str):
    (folder / "workflows").mkdir(exist_ok=True)
    (folder / "workflows" / "proposal.toml").write_text(text, encoding="utf-8")
    verbs, levels = ("propose", "verify"), ("regency", "village")
    return load_workflows(folder, verbs=verbs, levels=levels)["proposal"]


def test_a_file_is_read(tmp_path: Path) -> None:
    flow = load(tmp_path, GOOD)
    assert [one.name for one in flow.steps_from("proposed")] == ["accept"]
    assert flow.steps["propose"].opens
    told = (flow, flow.states["done"], flow.steps["accept"])
    assert [one.label("en") for one in told] == ["Proposal", "Done", "Accept"]
    assert flow.states["proposed"].due(date(2026, 1, 20)) == date(2026, 2, 3)
    assert flow.states["done"].due(date(2026, 1, 20)) is None


@pytest.mark.parametrize(
    ("day", "opens"),
    [
        (date(2026, 3, 1), None),
        (date(2026, 3, 10), None),
        (date(2026, 3, 11), date(2026, 4, 1)),
        (date(2026, 12, 31), date(2027, 1, 1)),
    ],
)
def test_a_window_says_when_it_opens(tmp_path: Path, day: date, opens: date | None) -> None:
    flow = load(tmp_path, GOOD)
    assert flow.closed_on(flow.steps["propose"], day) == opens


def test_a_window_at_the_end_of_a_short_month() -> None:
    assert Window("end", 30, 31).opens(date(2026, 2, 1)) == date(2026, 3, 30)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('verb = "verify"', 'verb = "verfy"', "verfy"),
        ('to = "done"', 'to = "gone"', "gone"),
        ('hand = "verifier"', 'hand = "judge"', "judge"),
        ('needs = ["reason"]', 'needs = ["mood"]', "mood"),
        ("days = [1, 10]", "days = [10, 1]", "FIRST"),
        ('overdue = "late"', 'overdue = "accept_all"', "accept_all"),
        ("days = 14\n", "", "overdue"),
        ("days = 14\n", "days = 14\nkeeps_due = true\n", "goes on"),
        ("days = 14\n", "days = -1\n", "begins"),
        ("system = true", "", "verb"),
        ("final = true", 'final = true\ncolour = "red"', "colour"),
        ('from = ["proposed", "with_province"]', 'from = ["proposed", "done"]', "final"),
        ('window = "month"', 'window = "year"', "year"),
        ("system = true", 'system = true\nside = "left"', "left"),
        ('waits_for = "verify"', 'waits_for = "verify"\nside = "left"', "left"),
        ('number = "USL"', "", "number"),
        ("from = []", 'from = ["proposed"]', "opens"),
        ('from = []\nto = "proposed"', "from = []", "to which state"),
        ("[windows.month]\ndays = [1, 10]", "[windows]\nmonth = 1", "is no table"),
        ("days = [1, 10]", "days = 10", "days is of the wrong type"),
        ('hand = "verifier"', "hand = 1", "hand is of the wrong type"),
    ],
)
def test_a_mistake_is_told_with_its_file(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(BadPack, match=r"proposal\.toml") as wrong:
        load(tmp_path, GOOD.replace(old, new, 1))
    assert told in str(wrong.value)


def test_a_deadline_may_be_the_same_day(tmp_path: Path) -> None:
    day = date(2026, 3, 2)
    flow = load(tmp_path, GOOD.replace("days = 14\n", "days = 0\n", 1))
    assert flow.states["proposed"].due(day) == day


def test_the_pack_of_indonesia() -> None:
    from tangga.web.access.model import LEVELS, VERBS

    flows = load_workflows(pack_dir("indonesia"), verbs=VERBS, levels=LEVELS)
    numbers = [flow.number for flow in flows.values()]
    assert len(numbers) == len(set(numbers)), "two kinds would share their ticket numbers"
