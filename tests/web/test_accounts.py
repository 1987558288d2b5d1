"""The administrator's pages: accounts and posts of the own area, and no family."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from users import make_user

from tangga.web.viewer import open_accounts

VILLAGE, ELSEWHERE = "1811052001", "1771012001"
POST = {"lakukan": "post", "role": "kepala_desa", "area": VILLAGE, "valid_from": "2026-01-01"}


@pytest.fixture
def client(web: Any) -> Client:
    return web.client("administrator", "18")


def number_of(username: str) -> int:
    from tangga.web.accounts.models import User

    return User.objects.get(username=username).pk


def posts_of(web: Any, username: str) -> list[tuple[str, str, bool]]:
    """Role, area and whether it is open, read past every policy."""
    with psycopg.connect(web.superuser_url) as con:
        return con.execute(
            "SELECT role, area, valid_to IS NULL FROM accounts_post AS p"
            " JOIN accounts_user AS u ON u.id = p.user_id WHERE username = %s ORDER BY p.id",
            [username],
        ).fetchall()


def test_a_new_account_gets_a_password_for_one_use_and_a_post(web: Any, client: Client) -> None:
    made = client.post("/akun/baru/", {"username": "Sari.Desa", "name": "Bu Sari"})
    text = made.content.decode()
    password = re.search(r"<code>([a-z-]+-\d{4})</code>", text)
    assert password and "sari.desa" in text
    page = f"/akun/{number_of('sari.desa')}/"
    assert client.get(page).status_code == 200
    assert client.post(page, POST).status_code == 302
    assert posts_of(web, "sari.desa") == [("kepala_desa", VILLAGE, True)]
    answer = Client().post("/masuk/", {"login": "sari.desa", "password": password[1]})
    assert answer.status_code == 302
    client.post(page, {"lakukan": "akhiri", "post": re.search(r'name="post" value="(\d+)"',
        client.get(page).content.decode())[1]})  # fmt: skip
    assert posts_of(web, "sari.desa") == [("kepala_desa", VILLAGE, False)]


@pytest.mark.parametrize(
    "change",
    [
        {"area": ELSEWHERE},
        {"area": ""},
        {"area": "1811052999"},
        {"area": "'; DROP TABLE accounts_post; --"},
        {"role": "kepala_dinas"},
        {"role": "no_such_role"},
        {"role": "kemensos", "area": "18"},
        {"valid_from": "2026-13-45"},
        {"valid_from": "2026-02-01", "valid_to": "2026-01-01"},
    ],
)
def test_a_post_outside_the_area_or_the_level_is_not_given(
    web: Any, client: Client, change: dict[str, str]
) -> None:
    make_user("tagana", "1811", username="wants-more")
    before = posts_of(web, "wants-more")
    answer = client.post(f"/akun/{number_of('wants-more')}/", {**POST, **change})
    assert answer.status_code == 200, "the form again, with what is wrong"
    assert posts_of(web, "wants-more") == before


def test_accounts_of_elsewhere_are_not_there(web: Any, client: Client) -> None:
    make_user("kepala_desa", ELSEWHERE, username="far-away")
    make_user("kepala_desa", VILLAGE, username="near-by")
    listed = client.get("/akun/?cari=a").content.decode()
    assert "near-by" in listed and "far-away" not in listed
    page = f"/akun/{number_of('far-away')}/"
    assert client.get(page).status_code == 404
    for does in ("sandi", "kunci", "kode", "post"):
        assert client.post(page, {**POST, "lakukan": does}).status_code == 404
    assert client.get("/akun/999999999/").status_code == 404


def test_nobody_manages_their_own_account_or_gives_themselves_a_post(web: Any) -> None:
    user = web.user("administrator", "18")
    client = web.client("administrator", "18")
    assert client.post(f"/akun/{user.pk}/", POST).status_code == 404
    with web.owner() as con:
        con.execute("SELECT set_config('role', 'tangga_app', true)")
        con.execute("SELECT set_config('app.user', %s, true)", [str(user.pk)])
        con.execute("SELECT set_config('app.accounts_from', '!', true)")
        con.execute("SELECT set_config('app.accounts_to', '~', true)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            con.execute(
                "INSERT INTO accounts_post (user_id, role, area, worker, valid_from, given_at)"
                " VALUES (%s, 'kemensos', '', '', current_date, now())",
                [user.pk],
            )


def test_an_administrator_holds_no_post_about_families(web: Any) -> None:
    from django.core.exceptions import ValidationError

    from tangga.web.accounts.actions import give_post

    far = make_user("kepala_desa", ELSEWHERE, username="head-of-elsewhere")
    with pytest.raises(ValidationError):
        give_post(user=far, role="administrator", area="18", by=None)


def test_an_administrator_sees_no_family_even_in_the_database(web: Any) -> None:
    from django.db import connection, transaction

    from tangga.web.database import scope
    from tangga.web.viewer import open_for, posts_in_force, viewer_of

    user = web.user("administrator", "18")
    with transaction.atomic(), connection.cursor() as cursor:
        scope.close()
        open_for(viewer_of(user, posts_in_force(user.pk)[0]))
        cursor.execute("SELECT count(*) FROM family_index")
        assert cursor.fetchone() == (0,)


def test_the_apps_role_removes_no_account_and_moves_no_post(web: Any) -> None:
    for statement in (
        "DELETE FROM accounts_user",
        "DELETE FROM accounts_post",
        "UPDATE accounts_post SET area = ''",
        "UPDATE accounts_post SET role = 'kemensos'",
    ):
        with web.owner() as con, pytest.raises(psycopg.errors.InsufficientPrivilege):
            con.execute("SELECT set_config('role', 'tangga_app', true)")
            con.execute(statement.encode())


def test_without_a_fresh_confirmation_nothing_is_reset(web: Any) -> None:
    user = make_user("tagana", "1811", username="not-to-be-reset")
    client = web.client("administrator", "18")
    session = client.session
    session["account_authentication_methods"] = []
    session.save()
    hashed = user.password
    answer = client.post(f"/akun/{user.pk}/", {"lakukan": "sandi"})
    assert answer.status_code == 302
    user.refresh_from_db()
    assert user.password == hashed


# --- Whose account is whose to manage ------------------------------------------------------------

RESETS = ("sandi", "kode", "kunci", "post")


def secrets_of(web: Any, username: str) -> tuple[Any, ...]:
    """What a manager could change, read past every policy."""
    with psycopg.connect(web.superuser_url) as con:
        found = con.execute(
            "SELECT u.password, u.is_active, count(a.id) FROM accounts_user AS u"
            " LEFT JOIN mfa_authenticator AS a ON a.user_id = u.id"
            " WHERE username = %s GROUP BY u.id",
            [username],
        ).fetchone()
    assert found is not None
    return found


def with_second_factor(user: Any) -> Any:
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=user, type="totp", data={})
    return user


def with_post(user: Any, role: str, area: str, begins: int, ends: int | None) -> Any:
    """A further post, from and to so many days from today."""
    from tangga.web.accounts.actions import give_post

    today = timezone.localdate()
    end = None if ends is None else today + timedelta(days=ends)
    begin = today + timedelta(days=begins)
    give_post(user=user, role=role, area=area, by=None, valid_from=begin, valid_to=end)
    return user


@pytest.mark.parametrize(
    ("name", "area", "own"),
    [
        ("nation-ended-here", "", (-900, -300)),
        ("nation-open-here", "", (-900, None)),
        ("nation-future-here", "", (30, None)),
        ("province-open-here", "18", (-10, None)),
        ("elsewhere-open-here", "1771", (-10, None)),
    ],
)
def test_an_account_that_reaches_further_is_not_taken_over(
    web: Any, name: str, area: str, own: tuple[int, int | None]
) -> None:
    role = {"": "kemensos", "18": "dinas_provinsi", "1771": "kepala_dinas"}[area]
    user = with_second_factor(make_user(role, area, username=name))
    with_post(user, "bupati", "1811", *own)
    client, before = web.client("administrator", "1811"), secrets_of(web, name)
    for does in RESETS:
        answer = client.post(f"/akun/{user.pk}/", {**POST, "lakukan": does})
        assert answer.status_code in (403, 404), does
        assert "<code>" not in answer.content.decode()
    assert secrets_of(web, name) == before
    assert len(posts_of(web, name)) == 2


def test_a_post_still_to_come_elsewhere_counts_as_well(web: Any) -> None:
    user = with_post(make_user("bupati", "1811", username="off-to-jakarta"), "kemensos", "", 9, 99)
    answer = web.client("administrator", "1811").post(f"/akun/{user.pk}/", {"lakukan": "sandi"})
    assert answer.status_code == 403


def test_ended_posts_alone_give_nothing(web: Any) -> None:
    from tangga.web.accounts.actions import end_post
    from tangga.web.accounts.models import Post

    user = make_user("bupati", "1811", username="bupati-before")
    with transaction.atomic():
        open_accounts("")
        end_post(post=Post.objects.get(user=user), by=None)
    client = web.client("administrator", "1811")
    page = client.get("/akun/?cari=bupati-before").content.decode().partition("<main")[2]
    assert "bupati-before" not in page.replace('value="bupati-before"', "")
    assert client.get(f"/akun/{user.pk}/").status_code == 404
    assert client.post(f"/akun/{user.pk}/", {"lakukan": "sandi"}).status_code == 404
    whole = web.client("administrator", "")
    assert whole.get(f"/akun/{user.pk}/").status_code == 200, "who has everything has this too"


def test_what_an_administrator_made_stays_theirs_while_it_holds_nothing(web: Any) -> None:
    client = web.client("administrator", "1811")
    client.post("/akun/baru/", {"username": "made-here", "name": "Baru"})
    page = f"/akun/{number_of('made-here')}/"
    assert client.get(page).status_code == 200
    from tangga.web.accounts.models import User

    with_post(User.objects.get(username="made-here"), "kemensos", "", -99, -9)
    assert client.post(page, {"lakukan": "sandi"}).status_code == 404, "it was a national account"


def test_a_post_of_the_own_area_is_ended_though_the_account_reaches_further(web: Any) -> None:
    user = with_post(make_user("kemensos", "", username="two-hats"), "bupati", "1811", -10, None)
    client = web.client("administrator", "1811")
    page = client.get(f"/akun/{user.pk}/").content.decode()
    assert 'value="sandi"' not in page and 'value="kunci"' not in page
    posts = re.findall(r'name="post" value="(\d+)"', page)
    assert len(posts) == 1, "of the other posts nothing is seen"
    assert client.post(
        f"/akun/{user.pk}/", {"lakukan": "akhiri", "post": posts[0]}
    ).status_code == 302  # fmt: skip
    assert posts_of(web, "two-hats") == [("kemensos", "", True), ("bupati", "1811", False)]


def test_a_post_that_has_ended_is_not_ended_again(web: Any, client: Client) -> None:
    """The day on which a post ended is part of the trail."""
    user = with_post(
        make_user("kepala_desa", VILLAGE, username="once-tksk"), "tksk", VILLAGE[:6], -90, -30
    )
    with psycopg.connect(web.superuser_url) as con:
        query = "SELECT id, valid_to FROM accounts_post WHERE user_id = %s AND valid_to IS NOT NULL"
        number, ended = con.execute(query, [user.pk]).fetchone()
        client.post(f"/akun/{user.pk}/", {"lakukan": "akhiri", "post": number})
        assert con.execute(query, [user.pk]).fetchall() == [(number, ended)]


def test_the_day_from_which_a_post_holds_is_filled_in(web: Any, client: Client) -> None:
    """A browser shows a day only where it is written as ISO says."""
    user = make_user("kepala_desa", VILLAGE, username="gets-a-post")
    page = client.get(f"/akun/{user.pk}/").content.decode()
    assert f'name="valid_from" value="{timezone.localdate().isoformat()}"' in page
