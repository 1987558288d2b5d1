"""Releases in the browser: what changed, a second person's approval, the way back."""

from __future__ import annotations

import re
from typing import Any

import loaded
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from dashboards import links, number

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

    folder = loaded.copied(web.release, tmp_path_factory.mktemp("second") / "release")
    with web.owner() as con:
        at = con.execute("SELECT number FROM public.register_current").fetchone()[0]
        query = f"SELECT family_id FROM r_{at}.family_index WHERE area LIKE '1811%%' AND decile < 9"
        chosen = [row[0] for row in con.execute(f"{query} ORDER BY 1 LIMIT 8").fetchall()]
    loaded.change(folder, "families", lambda rows: _ended(rows, chosen[:FEWER]))
    loaded.change(folder, "ranking", lambda rows: _fallen(rows, chosen[FEWER : FEWER + FALLEN]))
    return load_release(folder, by="loader").number


def _ended(rows: pa.Table, families: list[str]) -> pa.Table:
    gone = pc.is_in(rows["family_id"], pa.array(families))
    status = pc.if_else(gone, "ended", rows["status"])
    return rows.set_column(rows.column_names.index("status"), "status", status)


def _fallen(rows: pa.Table, families: list[str]) -> pa.Table:
    these = pc.is_in(rows["family_id"], pa.array(families))
    for name in ("decile_official", "decile"):
        more = pc.add(rows[name], pa.scalar(1, rows[name].type))
        at = rows.column_names.index(name)
        rows = rows.set_column(at, name, pc.if_else(these, more, rows[name]))
    return rows


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


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
    before = _families(client)
    response = client.post(f"/rilis/{second}/setujui/", follow=True)
    assert "Rilis disetujui dan kini berlaku" in text_of(response)
    assert _families(client) == before - FEWER
    with psycopg.connect(web.superuser_url) as con:
        query = "SELECT about ->> 'number' FROM audit_events WHERE what = 'release_approved'"
        assert (str(second),) in con.execute(query).fetchall()


def test_approving_twice_says_that_it_is_done(web: Any, second: int) -> None:
    response = web.client("kemensos").post(f"/rilis/{second}/setujui/", follow=True)
    assert "Tidak dapat dilakukan" in text_of(response)


def test_the_way_back_needs_a_reason_which_all_can_read(web: Any, second: int) -> None:
    client = web.client("kemensos")
    assert client.post("/rilis/kembali/", {"alasan": "  "}).status_code == 400
    before = _families(client)
    response = client.post("/rilis/kembali/", {"alasan": "desil keliru"}, follow=True)
    assert "Rilis sebelumnya berlaku lagi" in text_of(response)
    assert _families(client) == before + FEWER
    assert "desil keliru" in text_of(web.client("kepala_dinas", OTHER).get(f"/rilis/{second}/"))
    again = client.post("/rilis/kembali/", {"alasan": "sekali lagi"}, follow=True)
    assert "Tidak dapat dilakukan" in text_of(again)


def _families(client: Any) -> int:
    found = next(one for one in links(client.get("/")) if one.to == "/daftar/families/")
    return number(found.text)
