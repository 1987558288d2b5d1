"""Without a mouse: everything is reached, in order, and one sees where one is."""

from __future__ import annotations

from typing import Any

import pytest
from furnished import Furnished
from pages import HERE, OFFICER, pages

pytestmark = pytest.mark.slow

REACHABLE = """() => {
    // Of radio buttons the chosen one is a stop; where none is, the first.
    const stopOf = e => {
        const group = [...(e.form || document).querySelectorAll('input[type=radio]')]
            .filter(one => one.name === e.name && !one.disabled);
        return group.find(one => one.checked) || group[0];
    };
    const all = [...document.querySelectorAll(
        'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')];
    return all.filter(e => !e.disabled && e.tabIndex >= 0 && e.getClientRects().length
        && e.checkVisibility({visibilityProperty: true})
        && !(e.type === 'radio' && e !== stopOf(e)))
        .map((e, n) => { e.dataset.stop = n; return n; });
}"""
FROM_THE_START = """() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
}"""
"""Where a page puts the cursor into a field, Tab would go on from there."""
HERE_NOW = """() => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    const at = e.getBoundingClientRect();
    // A link of a picture shows it on its shape; a part of a date field, on itself.
    const shown = one => one.outlineStyle !== 'none' && parseFloat(one.outlineWidth) > 0
        || one.boxShadow !== 'none';
    const inner = [...e.querySelectorAll('rect, path, circle')].map(p => getComputedStyle(p));
    const seen = shown(getComputedStyle(e)) || e.type === 'date'
        || inner.some(p => shown(p) || (p.stroke !== 'none' && parseFloat(p.strokeWidth) >= 2));
    return {stop: e.dataset.stop === undefined ? null : +e.dataset.stop,
            what: e.outerHTML.slice(0, 90),
            seen: seen && at.width > 0 && at.height > 0};
}"""
MOST_STOPS = 60
"""Where a page has more, its first ones are walked: the others are rows of the same table."""


def _walk(page: Any) -> tuple[list[int], list[dict[str, Any]]]:
    """The stops that there are, and those that the Tab key makes from the page's start."""
    stops = page.evaluate(REACHABLE)
    made: list[dict[str, Any]] = []
    page.evaluate(FROM_THE_START)
    while len(made) < min(len(stops), MOST_STOPS):
        page.keyboard.press("Tab")
        at = page.evaluate(HERE_NOW)
        if at is None:
            break
        # The parts of a date are stops of their own inside of one field.
        if not made or at["stop"] is None or at["stop"] != made[-1]["stop"]:
            made.append(at)
    return stops, made


def test_the_tab_key_reaches_everything_in_order_and_visibly(
    service: Any, furnished: Furnished
) -> None:
    wrong = []
    windows: dict[tuple[str, str], Any] = {}
    for page in pages(service.web, furnished):
        if not page.role or page.typed:
            continue
        key = (page.role, page.area)
        window = windows.setdefault(key, None) or service.open(*key)
        windows[key] = window
        window.goto(page.path)
        stops, made = _walk(window)
        reached = [at["stop"] for at in made if at["stop"] is not None]
        missed = set(stops[:MOST_STOPS]) - set(reached)
        if missed:
            wrong.append(f"{page.path}: not reached: {sorted(missed)[:5]} of {len(stops)}")
        if reached != sorted(reached):
            wrong.append(f"{page.path}: not in order: {reached}")
        wrong += [f"{page.path}: not seen: {at['what']}" for at in made if not at["seen"]][:3]
    assert not wrong, "\n".join(wrong)


def test_the_first_stop_leads_past_the_menu(service: Any) -> None:
    page = service.open(OFFICER, HERE)
    page.goto(f"/wilayah/{HERE}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#isi"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('main')")


def test_where_a_page_begins_in_a_field_the_way_back_leads_to_its_start(service: Any) -> None:
    page = service.open(OFFICER, HERE)
    page.goto("/loket/")
    assert page.evaluate("document.activeElement.name") == "q"
    stops = page.evaluate(REACHABLE)
    back = []
    while len(back) < len(stops) and (at := page.evaluate(HERE_NOW)) is not None:
        assert at["seen"], at["what"]
        back.append(at["stop"])
        page.keyboard.press("Shift+Tab")
    assert len(back) > 1 and back == list(range(back[0], -1, -1))
    assert page.locator("[data-stop='0']").get_attribute("href") == "#isi"


def test_a_family_is_searched_for_and_opened_with_keys_alone(service: Any) -> None:
    with service.web.owner() as con:
        name = con.execute(
            "SELECT head_name FROM r_1.family_index WHERE area LIKE %s AND head_name LIKE %s "
            "ORDER BY family_id LIMIT 1",
            [f"{HERE}%", "% %"],
        ).fetchone()[0]
    page = service.open(OFFICER, HERE)
    page.goto("/cari/")
    _press_until(page, "document.activeElement.name === 'q'")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    assert name.split()[0].lower() in page.inner_text("main").lower()
    _press_until(
        page, "(document.activeElement.getAttribute('href') || '').match(/keluarga|orang/)"
    )
    page.keyboard.press("Enter")
    page.wait_for_url("**/keluarga/**")
    assert page.locator("h1").count() == 1


def test_the_language_is_changed_with_keys_alone(service: Any) -> None:
    page = service.open(OFFICER, HERE)
    page.goto("/cari/")
    _press_until(page, "document.activeElement.name === 'bahasa'")
    page.keyboard.press("Enter")
    page.wait_for_function("document.documentElement.lang === 'en'")
    assert page.url.endswith("/cari/")


def _press_until(page: Any, there: str) -> None:
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate(f"!!({there})"):
            return
    pytest.fail(f"the Tab key never comes to {there}")
