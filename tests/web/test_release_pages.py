"""Releases in the browser: what changed, a second person's approval, the way back."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest
from as_pages import as_pages
from dashboards import links, number
from differing import differing_release

REGENCY, OTHER = "1811", "1771"
FEWER, FALLEN = 3, 5
"""Families of the second release that went, and that changed their decile."""


@pytest.fixture(autouse=True)
def no_demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a demonstration one person may do both: here they may not."""
    monkeypatch.delenv("TANGGA_DEMO", raising=False)


@pytest.fixture(scope="module")
def second(web: Any, tmp_path_factory: pytest.TempPathFactory) -> int:
    """A second release, loaded by `loader` and waiting: some families of the regency differ."""
    from tangga.web.register.commands import load_release

    folder = tmp_path_factory.mktemp("second") / "release"
    return load_release(differing_release(web, folder, FEWER, FALLEN), by="loader").number


def text_of(response: Any) -> str:
    text = str(response.content.decode())
    assert response.status_code == 200, text
    return text


def said_by(response: Any) -> str:
    """The messages on a page, without what is the same on each."""
    found = re.findall(r'class="(?:notice|messages?)[^"]*"[^>]*>(.*?)</', text_of(response), re.S)
    return " | ".join(" ".join(re.sub("<[^>]*>", " ", one).split()) for one in found)


def kinds(response: Any) -> dict[str, int]:
    """Each kind of change on the page -> how many."""
    found: dict[str, int] = {}
    for link in links(response):
        kind = re.search(r"jenis=(\w+)", link.to)
        if kind:
            found.setdefault(kind[1], number(link.text))
    return found


# --- What changed ---------------------------------------------------------------------------------


def test_both_releases_stand_in_the_list(web: Any, second: int) -> None:
    text = text_of(web.client("kemensos").get("/rilis/"))
    assert "menunggu persetujuan" in text and "berlaku" in text
    assert f'href="/rilis/{second}/"' in text


def test_what_changed_is_counted_by_kind_and_area_and_each_number_leads_to_its_list(
    web: Any, second: int
) -> None:
    client = web.client("kepala_dinas", REGENCY)
    overview = client.get(f"/rilis/{second}/perubahan/")
    found = kinds(overview)
    assert (found["went"], found["decile"]) == (FEWER, FALLEN)
    for kind, many in found.items():
        rows = text_of(client.get(f"/rilis/{second}/perubahan/?jenis={kind}"))
        assert rows.count('scope="row"') == many, kind
    assert "keluarga berakhir" in text_of(overview)
    assert "Desil" in text_of(client.get(f"/rilis/{second}/perubahan/?jenis=decile"))


def test_the_neighbour_sees_nothing_of_it(web: Any, second: int) -> None:
    client = web.client("kepala_dinas", OTHER)
    assert "Tidak ada yang berubah" in text_of(client.get(f"/rilis/{second}/perubahan/"))
    assert client.get(f"/rilis/{second}/perubahan/?wilayah={REGENCY}").status_code == 404
    rows = text_of(client.get(f"/rilis/{second}/perubahan/?jenis=went"))
    assert 'scope="row"' not in rows


@pytest.mark.parametrize(
    "to",
    ["/rilis/999/", "/rilis/99999999999/", "/rilis/999/perubahan/", "/rilis/1/perubahan/?jenis=x"],
)
def test_what_there_is_not_is_not_found(web: Any, second: int, to: str) -> None:
    assert web.client("kemensos").get(to).status_code == 404


@pytest.mark.parametrize("which", ["0", "-1", "x", "9999", "99999999999999999999"])
def test_any_number_of_a_page_is_answered(web: Any, second: int, which: str) -> None:
    client = web.client("kemensos")
    to = f"/rilis/{second}/perubahan/?jenis=decile&halaman={which}"
    assert client.get(to).status_code == 200


def test_the_first_release_has_nothing_to_be_compared_with(web: Any, second: int) -> None:
    with web.owner() as con:
        first = con.execute("SELECT number FROM public.register_current").fetchone()[0]
    text = text_of(web.client("kemensos").get(f"/rilis/{first}/perubahan/"))
    assert "Ini rilis pertama" in text


def test_who_opens_no_lists_sees_counts_only(web: Any, second: int) -> None:
    client = web.client("bupati", REGENCY)
    overview = client.get(f"/rilis/{second}/perubahan/")
    assert kinds(overview) == {} and str(FALLEN) in text_of(overview)
    assert client.get(f"/rilis/{second}/perubahan/?jenis=went").status_code == 404


# --- Approval and the way back, in this order -----------------------------------------------------


def test_only_who_may_approve_is_asked(web: Any, second: int) -> None:
    client = web.client("kepala_dinas", REGENCY)
    assert client.get(f"/rilis/{second}/setujui/").status_code == 403
    assert client.post(f"/rilis/{second}/setujui/").status_code == 403
    assert client.post("/rilis/kembali/", {"alasan": "x"}).status_code == 403
    assert "/setujui/" not in text_of(client.get(f"/rilis/{second}/"))


def test_who_loaded_a_release_cannot_approve_it(web: Any, second: int) -> None:
    user = web.user("kemensos")
    _loaded_by(web, second, user.username)
    response = web.client("kemensos").post(f"/rilis/{second}/setujui/", follow=True)
    assert "who loaded a release cannot approve it" in text_of(response)
    assert "menunggu persetujuan" in text_of(response)
    _loaded_by(web, second, "loader")


def _loaded_by(web: Any, number: int, who: str) -> None:
    with web.owner() as con:
        change = "UPDATE public.register_releases SET loaded_by = %s WHERE number = %s"
        con.execute(change, [who, number])


def test_a_second_person_approves_and_everybody_reads_the_new_release(
    web: Any, second: int
) -> None:
    client = web.client("kemensos")
    asked = text_of(client.get(f"/rilis/{second}/setujui/"))
    assert "Periksa dahulu jumlah dan perubahannya" in asked
    assert _manifest_of(web, second) in asked and "sha256sum manifest.json" in asked
    before = _families(client)
    with as_pages():
        response = client.post(f"/rilis/{second}/setujui/", follow=True)
    assert "Rilis disetujui dan kini berlaku" in text_of(response), said_by(response)
    assert _families(client) == before - FEWER
    with psycopg.connect(web.superuser_url) as con:
        user = web.user("kemensos")
        query = "SELECT by_user, about ->> 'number', about ->> 'manifest_sha256' FROM audit_events"
        told = con.execute(f"{query} WHERE what = 'release_approved'").fetchall()
        assert (user.pk, str(second), _manifest_of(web, second)) in told
        query = "SELECT approved_by FROM register_releases WHERE number = %s"
        assert con.execute(query, [second]).fetchone() == (user.username,)


def _manifest_of(web: Any, number: int) -> str:
    with web.owner() as con:
        query = "SELECT manifest_sha256 FROM public.register_releases WHERE number = %s"
        return str(con.execute(query, [number]).fetchone()[0])


@pytest.fixture
def approved(web: Any, second: int) -> None:
    """The second release is in force, whichever tests ran before in this process."""
    from tangga.web.register.commands import approve_release

    with web.owner() as con:
        (now,) = con.execute("SELECT number FROM public.register_current").fetchone()
    if now != second:
        approve_release(second, by="approver")


def test_approving_twice_says_that_it_is_done(web: Any, second: int, approved: None) -> None:
    response = web.client("kemensos").post(f"/rilis/{second}/setujui/", follow=True)
    assert "Tidak dapat dilakukan" in text_of(response)


def test_the_way_back_needs_a_reason_which_all_can_read(
    web: Any, second: int, approved: None
) -> None:
    client = web.client("kemensos")
    assert client.post("/rilis/kembali/", {"alasan": "  "}).status_code == 400
    before = _families(client)
    with as_pages():
        response = client.post("/rilis/kembali/", {"alasan": "desil keliru"}, follow=True)
    assert "Rilis sebelumnya berlaku lagi" in text_of(response), said_by(response)
    assert _families(client) == before + FEWER
    assert "desil keliru" in text_of(web.client("kepala_dinas", OTHER).get(f"/rilis/{second}/"))
    again = client.post("/rilis/kembali/", {"alasan": "sekali lagi"}, follow=True)
    assert "Tidak dapat dilakukan" in text_of(again)


def _families(client: Any) -> int:
    found = next(one for one in links(client.get("/")) if one.to == "/daftar/families/")
    return number(found.text)
