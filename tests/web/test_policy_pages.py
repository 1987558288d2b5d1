"""The rules in words: nothing that stands in the files is missing from the pages."""

from __future__ import annotations

from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tangga.registry import load_pack
from tangga.rules.load import load_policy
from tangga.web.policy import drawing
from tangga.web.policy.book import Book, book

PACK = load_pack("indonesia")
POLICY = load_policy(PACK)
PAGES = ("", "tangga/", "pengaturan/", "tanda/")


def read(client: Any, path: str, language: str = "id") -> str:
    client.cookies["bahasa"] = language
    response = client.get(f"/kebijakan/{path}")
    assert response.status_code == 200
    return unescape(response.content.decode())


@pytest.mark.parametrize("programme", sorted(POLICY.programmes))
def test_each_programme_with_every_version_and_example(web: Any, programme: str) -> None:
    """Period, basis, source, requirements and the examples of a programme."""
    text = read(web.client("kepala_desa", "1811052011"), f"program/{programme}/")
    rule = POLICY.programmes[programme]
    assert rule.labels["id"] in text
    for version in rule.rule.versions:
        assert f'id="v-{version.period.id}"' in text
        assert version.period.basis in text and version.period.source in text
        for asked in version.says.requires:
            assert asked.labels["id"] in text
    for case in POLICY.cases:
        if (case.of, case.id) == ("programme", programme):
            assert case.name in text


def test_moves_signals_and_facts_with_their_examples(web: Any) -> None:
    """Every other rule, and every other example, stands on one of the pages."""
    client = web.client("auditor", "1811")
    ladder, settings, signals = (read(client, page) for page in PAGES[1:])
    assert all(move.labels["id"] in ladder for move in POLICY.moves.values())
    assert all(signal.labels["id"] in signals for signal in POLICY.signals.values())
    assert all(choice.labels["id"] in settings for choice in POLICY.choices.values())
    on = {"move": ladder, "signal": signals, "facts": settings}
    assert all(case.name in on[case.of] for case in POLICY.cases if case.of in on)
    for rule in POLICY.settings.values():
        for version in rule.versions:
            assert version.period.basis in settings


@pytest.mark.parametrize("page", [*PAGES, "program/pkh/"])
def test_both_languages_and_no_gap(web: Any, page: str) -> None:
    """No key of a text and no code of the program stands in a page."""
    for language, word in (("id", "Kebijakan"), ("en", "Policy")):
        text = read(web.client("administrator", "1811"), page, language)
        assert word in text
        assert "web_policy." not in text and ">None<" not in text and "AtLeast(" not in text


def test_what_was_announced_and_what_changed_is_marked(web: Any) -> None:
    """PKH's amounts and requirements changed between its versions."""
    text = read(web.client("operator_desa", "1811052011"), "program/pkh/")
    assert "berubah" in text and "baru" in text and "tidak berlaku lagi" in text


def test_it_says_whether_the_release_was_decided_by_these_rules(web: Any) -> None:
    """The tests' release was decided with an overlay that this service does not know."""
    text = read(web.client("operator_kabkota", "1811"), "")
    assert "tidak persis sama" in text
    assert book().decided_by({"policy": {"sha256": book().policy.hash()}}) is True
    assert book().decided_by({}) is None


def test_an_overlay_of_the_office_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the workspace that the service works in; one that is missing is told, not swallowed."""
    from dataclasses import replace

    from django.conf import settings

    (tmp_path / "local").mkdir()
    (tmp_path / "tangga.toml").write_text('policy = ["local/"]\n', encoding="utf-8")
    monkeypatch.setattr(settings, "ENV", replace(settings.ENV, workspace=str(tmp_path)))
    book.cache_clear()
    try:
        assert [folder.name for folder in book().overlays] == ["local"]
        (tmp_path / "tangga.toml").write_text('policy = ["gone/"]\n', encoding="utf-8")
        book.cache_clear()
        assert book().overlays == () and book().unread == "gone"
    finally:
        monkeypatch.undo()
        book.cache_clear()


def test_nobody_reads_the_rules_without_logging_in(web: Any) -> None:
    """The rules are for all roles; an unknown programme is not found."""
    assert web.client().get("/kebijakan/").status_code in (302, 403)
    assert web.client("bupati", "1811").get("/kebijakan/").status_code == 200
    assert web.client("bupati", "1811").get("/kebijakan/program/tidak_ada/").status_code == 404


def test_the_ladder_rises_from_protection_to_graduated() -> None:
    """Moves up raise a rung; ways back do not, and families enter on the ground."""
    moves = [one for one in POLICY.moves.values() if one.to]
    up = drawing.levels(moves, list(PACK.codes["rung"].codes))
    assert up["protection"] == up["watch"] == 0 < up["empowerment"] < up["graduated"]


def test_a_requirement_is_found_by_the_name_that_reasons_give() -> None:
    """As of the day of the decision; one that these rules lack is None."""
    from datetime import date

    rules = Book(POLICY)
    asked = rules.asked("pkh/decile", date(2026, 1, 31))
    assert asked is not None and asked.subject == "family"
    assert rules.asked("pkh/nothing", date(2026, 1, 31)) is None
    assert rules.asked("nothing/at_all", date(2026, 1, 31)) is None
