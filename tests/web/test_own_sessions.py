"""One sees where one is logged in, and ends what one does not know; of others nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from test_second_wall import as_request
from test_sessions import KEY, give, is_in, later
from users import PASSWORD, make_user

VILLAGE = "1811052001"
AT = "/saya/sesi/"
TELEPHONE = "Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
OFFICE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
)


def at(username: str, agent: str = "") -> Client:
    """Logged in by name and password, at such a browser, and confirmed."""
    client = Client(headers={"User-Agent": agent} if agent else {})
    assert give(client, username).status_code == 302
    return confirmed(client)


def confirmed(client: Client) -> Client:
    """The password was given once more."""
    assert client.post("/saya/pastikan/", {"password": PASSWORD}).status_code == 302
    assert is_in(client)
    return client


def listed(client: Client) -> list[tuple[str, str]]:
    """Device and number of each session on the page; no number of the one that asks."""
    text = client.get(AT).content.decode()
    assert str(client.cookies[KEY].value) not in text
    found = re.findall(r'<th scope="row"[^>]*>([^<]*)</th>(.*?)</tr>', text, re.DOTALL)
    numbers = [re.search(r'name="sesi" value="(\d+)"', rest) for _, rest in found]
    return [
        (device, number[1] if number else "")
        for (device, _), number in zip(found, numbers, strict=True)
    ]


@pytest.fixture
def three(web: Any, request: pytest.FixtureRequest) -> tuple[Client, Client, Client]:
    """Of one account: in the office, on a telephone, and at something that says nothing."""
    name = request.node.name.replace("_", "-").partition("[")[0][-40:].strip("-")
    make_user("kepala_desa", VILLAGE, username=name)
    return at(name, OFFICE), at(name, TELEPHONE), at(name)


def test_each_place_is_told_roughly_and_no_key_is(three: tuple[Client, ...]) -> None:
    office, telephone, bare = three
    told = listed(office)
    assert told[0] == ("Edge, Windows", "")
    assert {device for device, _ in told[1:]} == {
        "Firefox, Android",
        "perangkat yang tidak dikenal",
    }
    assert listed(telephone)[0] == ("Firefox, Android", "") and len(listed(bare)) == 3
    page = office.get("/saya/").content.decode()
    assert f'href="{AT}"' in page


def test_one_is_ended_at_once_and_the_trail_says_so(web: Any, three: tuple[Client, ...]) -> None:
    office, telephone, bare = three
    number = dict(listed(office))["Firefox, Android"]
    answer = office.post(AT, {"sesi": number}, follow=True)
    assert "Sesi yang diakhiri: 1" in answer.content.decode()
    assert not is_in(telephone) and is_in(office) and is_in(bare)
    assert office.post(AT, {"sesi": number}).status_code == 404, "it has ended"
    with web.owner() as con:
        ask = (
            "SELECT about FROM audit_events WHERE what = 'sessions_ended' ORDER BY id DESC LIMIT 1"
        )
        assert con.execute(ask).fetchone() == ({"sessions": 1},)


def test_all_others_are_ended_and_not_this_one(three: tuple[Client, ...]) -> None:
    office, telephone, bare = three
    assert telephone.post(AT, {"sesi": "lain"}).status_code == 302
    assert is_in(telephone) and not is_in(office) and not is_in(bare)
    assert listed(telephone) == [("Firefox, Android", "")]


def test_who_has_found_an_open_session_ends_no_other(
    three: tuple[Client, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the password or the code of a moment ago nothing ends; with it, it does."""
    office, telephone, _ = three
    for _ in range(2):
        later(monkeypatch, 600)
        assert is_in(office) and is_in(telephone)
    answer = office.post(AT, {"sesi": "lain"})
    assert answer.status_code == 302 and answer["Location"].startswith("/saya/pastikan/")
    assert is_in(telephone)
    assert office.post(answer["Location"], {"password": PASSWORD})["Location"] == AT
    assert office.post(AT, {"sesi": "lain"}).status_code == 302
    assert is_in(office) and not is_in(telephone)


def test_of_another_account_nothing_is_seen_or_ended(web: Any, three: tuple[Client, ...]) -> None:
    office, telephone, _ = three
    make_user("kepala_desa", VILLAGE, username="beside-them")
    other = at("beside-them", OFFICE)
    assert listed(other) == [("Edge, Windows", "")]
    for number in (number for _, number in listed(office) if number):
        assert other.post(AT, {"sesi": number}).status_code == 404
    other.post(AT, {"sesi": "lain"})
    assert is_in(office) and is_in(telephone)
    with as_request(web, make_user("kepala_desa", VILLAGE, username="beside-them")) as con:
        mine = con.execute("SELECT * FROM sessions_mine('', now(), '-infinity')").fetchall()
        assert len(mine) == 1
        assert con.execute("SELECT sessions_end_mine('', NULL)").fetchone() == (1,)
    with as_request(web) as con:
        assert con.execute("SELECT * FROM sessions_mine('', now(), '-infinity')").fetchall() == []


def test_what_was_ended_otherwise_is_not_listed(web: Any, three: tuple[Client, ...]) -> None:
    """By a new password, and by an administrator."""
    from tangga.web.accounts.actions import reset_second_factor
    from tangga.web.accounts.models import User

    office, telephone, _ = three
    new = "anggrek-di-tepi-sungai-7"  # pragma: allowlist secret
    sent = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert office.post("/saya/sandi/", sent).status_code == 302
    assert listed(office) == [("Edge, Windows", "")] and not is_in(telephone)
    name = User.objects.get(pk=office.session["_auth_user_id"])
    reset_second_factor(user=name, by=None)
    again = Client()
    assert give(again, name.username, new).status_code == 302
    assert len(listed(again)) == 1


def test_what_is_no_session_is_not_there(three: tuple[Client, ...]) -> None:
    office, telephone, _ = three
    for said in ("", "x", "-1", "0", "9" * 30, "٣"):
        assert office.post(AT, {"sesi": said}).status_code == 404
    assert is_in(telephone)
