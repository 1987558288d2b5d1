"""What the pack says of proposals: every sort has its workflow, its words and what follows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tangga.errors import BadPack
from tangga.registry.load import load_pack, pack_dir
from tangga.texts import LANGUAGES, catalogue
from tangga.web.corrections import effects, forms
from tangga.web.corrections.conflicts import APPLIED, undecided
from tangga.web.corrections.sorts import FILE, NOTHING, book, read_book
from tangga.web.work.kinds import workflow

ASKED = ("members", "head", "to_area", "from_area", "card", "person", "family", "payee", "why_not")


def test_each_sort_goes_through_a_workflow_in_which_it_comes_to_hold() -> None:
    for sort in book().sorts.values():
        flow = workflow(sort.workflow)
        assert APPLIED in flow.states and "withdraw" in flow.steps
        hands = [one.hand for one in flow.steps.values() if one.to == APPLIED]
        assert hands == ["approver"], "one way to hold, by the third hand"
        assert sort.follows == NOTHING or sort.follows in effects.FOLLOWS
        assert {"ready", "entered", "accepted", "rejected"}.isdisjoint(undecided(sort.workflow))


def test_each_question_has_its_words() -> None:
    for name in (*ASKED, "on", "reason", "document", "photo", "paper", "taken_on", "place"):
        for key in (f"field_{name}", f"field_{name}_help"):
            assert set(catalogue()[f"web_corrections.{key}"]) == set(LANGUAGES)
    for sort in book().sorts.values():
        asks = [one for one in sort.asks if not hasattr(forms.ProposalForm, f"_ask_{one}")]
        assert asks == []


def test_a_proposer_a_verifier_and_an_approver_are_three_hands() -> None:
    for kind in {sort.workflow for sort in book().sorts.values()}:
        hands = {one.hand for one in workflow(kind).steps.values()}
        assert hands >= {"proposer", "verifier", "approver"}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('event = "death"', 'event = "deaht"', "death"),
        ('follows = "values"', 'follows = "valeus"', "values"),
        ('asks = ["reason"]', 'asks = ["reasons"]', "reason"),
        ('person = ["status"', 'person = ["statsu"', "status"),
        ("paper = ", "papers = ", "papers"),
    ],
)
def test_a_mistake_is_told_with_its_line(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    text = (pack_dir("indonesia") / FILE).read_text(encoding="utf-8")
    assert before in text
    (tmp_path / FILE).write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(BadPack, match=said) as wrong:
        read_book(tmp_path, load_pack())
    assert FILE in str(wrong.value)


def test_without_the_file_nothing_can_be_proposed(tmp_path: Path) -> None:
    with pytest.raises(BadPack):
        read_book(tmp_path, load_pack())
