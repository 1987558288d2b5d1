"""Logging in: password, second factor, own password, post; and all that must not work."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from users import PASSWORD, log_in, make_user

VILLAGE = "1811052001"


def totp(secret: str) -> str:
    """What the telephone shows now."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def page(answer: Any) -> str:
    return answer.content.decode()


def give(client: Client, username: str, password: str = PASSWORD, **more: Any) -> Any:
    """Fill in the login page."""
    return client.post("/masuk/", {"login": username, "password": password}, **more)


@pytest.fixture
def user(web: Any, request: pytest.FixtureRequest) -> Any:
    """A village operator of this test alone."""
    name = re.sub("[^a-z]", "-", request.node.name)[:50]
    return make_user("operator_desa", VILLAGE, username=f"op-{name}")


def test_the_way_in_sets_up_the_second_factor_and_hands_out_spare_codes(user: Any) -> None:
    client = Client()
    answer = give(client, user.username)
    assert answer.status_code == 302
    assert client.get("/akun/").headers["Location"] == "/saya/kode/", "first the second factor"

    answer = client.get("/saya/kode/")
    assert "<svg" in page(answer), "the square is drawn in the page"
    secret = (
        answer.context["secret"]
        if answer.context
        else re.search(r"<code>([A-Z2-7]{16,})</code>", page(answer))[1]
    )
    assert secret in page(client.get("/saya/kode/")), "the same where the page is loaded again"
    wrong = client.post("/saya/kode/", {"code": "000000"})
    assert wrong.status_code == 200
    answer = client.post("/saya/kode/", {"code": totp(secret)})
    assert answer.headers["Location"] == "/saya/cadangan/"
    codes = re.findall(r"<code>(\d{8})</code>", page(client.get("/saya/cadangan/")))
    assert len(codes) == 10
    assert "<code>" not in page(client.get("/saya/cadangan/")), "shown once"
    assert client.get("/saya/").status_code == 200

    client.post("/keluar/")
    assert client.get("/saya/").status_code == 302
    answer = give(client, user.username)
    assert answer.headers["Location"] == "/masuk/kode/"
    assert client.get("/saya/").status_code == 302, "a password alone opens nothing"
    assert client.post("/masuk/kode/", {"code": "123456"}).status_code == 200
    assert client.post("/masuk/kode/", {"code": codes[0]}).status_code == 302
    assert client.get("/saya/").status_code == 200
    client.post("/keluar/")
    give(client, user.username)
    assert client.post("/masuk/kode/", {"code": codes[0]}).status_code == 200, (
        "a spare code is spent"
    )


def test_a_secret_of_a_telephone_is_sealed_in_the_database(web: Any) -> None:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP

    user = make_user("tksk", "181105", username="tksk-sealed")
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    stored = Authenticator.objects.get(user=user, type="totp").data["secret"]
    assert "JBSWY3DPEHPK3PXP" not in stored


def test_unknown_wrong_and_locked_answer_alike(user: Any) -> None:
    from tangga.web.accounts.actions import set_active

    locked = make_user("kepala_desa", VILLAGE, username="locked")
    set_active(user=locked, active=False, by=None)
    answers = [
        page(give(Client(), "nobody-has-this-name")),
        page(give(Client(), user.username, "not the password")),
        page(give(Client(), "locked")),
    ]
    told = [re.search(r'role="alert".*?</div>', text, re.DOTALL)[0] for text in answers]
    assert len(set(told)) == 1


def test_unknown_names_take_as_long_as_known_ones(user: Any) -> None:
    def seconds(name: str) -> float:
        began = time.process_time()
        give(Client(), name, "not the password at all")
        return time.process_time() - began

    give(Client(), "warm-up")
    known = min(seconds(user.username) for _ in range(3))
    unknown = min(seconds("nobody-has-this-name") for _ in range(3))
    assert 0.5 < unknown / known < 2


def test_six_wrong_passwords_lock_the_name_for_a_while(web: Any) -> None:
    make_user("kepala_desa", VILLAGE, username="guessed")
    for _ in range(6):
        give(Client(), "guessed", "wrong", REMOTE_ADDR="10.0.0.9")
    answer = give(Client(), "guessed", PASSWORD, REMOTE_ADDR="10.0.0.10")
    assert "lima belas menit" in page(answer), "also from elsewhere, also with the right one"
    assert give(Client(), "GUESSED", PASSWORD).status_code == 200


def test_a_one_time_password_is_changed_before_anything_else(web: Any) -> None:
    from django.utils import timezone

    from tangga.web.accounts.actions import create_account
    from tangga.web.accounts.models import User

    user, given = create_account(username="newcomer", role="kepala_desa", area=VILLAGE, by=None)
    client = Client()
    give(client, "newcomer", given)
    assert client.get("/saya/jabatan/").status_code == 200
    assert client.get("/akun/").headers["Location"] == "/saya/sandi/"
    short = "pendek"
    same = {"oldpassword": given, "password1": short, "password2": short}
    assert client.post("/saya/sandi/", same).status_code == 200, "too short"
    new = "padi-menguning-di-sawah"
    changed = {"oldpassword": given, "password1": new, "password2": new}
    assert client.post("/saya/sandi/", changed).status_code == 302
    assert not User.objects.get(pk=user.pk).must_change_password

    other, given = create_account(username="too-late", role="kepala_desa", area=VILLAGE, by=None)
    User.objects.filter(pk=other.pk).update(password_until=timezone.now() - timedelta(minutes=1))
    assert give(Client(), "too-late", given).status_code == 200, "it has expired"


def test_a_changed_password_ends_the_other_sessions(web: Any) -> None:
    from tangga.web.accounts.actions import reset_password

    user = make_user("kepala_desa", VILLAGE, username="two-browsers")
    client = Client()
    log_in(client, user)
    assert client.get("/saya/").status_code == 200
    reset_password(user=user, by=None)
    assert client.get("/saya/").status_code == 302


def test_a_session_ends_when_unused_and_after_twelve_hours(user: Any) -> None:
    from django.contrib.sessions.models import Session

    for key, ago in (("seen", 31 * 60), ("began", 12 * 3600 + 1)):
        client = Client()
        log_in(client, user)
        assert client.get("/saya/").status_code == 200
        row = Session.objects.get(session_key=client.cookies["sessionid"].value)
        store = client.session
        store[key] = time.time() - ago
        store.save()
        assert client.get("/saya/").status_code == 302, key
        del row


def test_a_locked_account_and_an_ended_post_are_out_with_the_next_page(web: Any) -> None:
    from tangga.web.accounts.actions import end_post, set_active
    from tangga.web.accounts.models import Post
    from tangga.web.viewer import open_accounts

    user = make_user("kepala_desa", VILLAGE, username="out-soon")
    client = Client()
    log_in(client, user)
    assert client.get("/akun/").status_code != 302
    from django.db import transaction

    with transaction.atomic():
        open_accounts("")
        post = Post.objects.get(user=user)
        end_post(post=post, by=None)
    assert client.get("/akun/").headers["Location"] == "/saya/jabatan/"
    set_active(user=user, active=False, by=None)
    assert client.get("/saya/").headers["Location"].startswith("/masuk/")


def test_who_holds_two_posts_chooses_one(web: Any) -> None:
    from tangga.web.accounts.actions import give_post

    user = make_user("kepala_desa", VILLAGE, username="two-posts")
    give_post(user=user, role="tagana", area="1811", by=None)
    client = Client()
    log_in(client, user)
    assert client.get("/akun/").headers["Location"] == "/saya/jabatan/"
    text = page(client.get("/saya/jabatan/"))
    ids = re.findall(r'name="post" value="(\d+)"', text)
    assert len(ids) == 2
    other = make_user("kepala_desa", "1811052002", username="other-post")
    client.post("/saya/jabatan/", {"post": str(_post_of(other))})
    assert client.get("/akun/").headers["Location"] == "/saya/jabatan/", "not somebody else's"
    client.post("/saya/jabatan/", {"post": ids[1]})
    assert client.get("/akun/").status_code != 302


def _post_of(user: Any) -> int:
    from django.db import transaction

    from tangga.web.accounts.models import Post
    from tangga.web.viewer import open_accounts

    with transaction.atomic():
        open_accounts("")
        return Post.objects.get(user=user).pk


def test_no_page_signs_anybody_up_or_mails_anything(web: Any) -> None:
    for path in ("/signup/", "/accounts/signup/", "/masuk/daftar/", "/password/reset/"):
        assert Client().get(path).status_code in (302, 404)


def test_login_leads_back_to_our_own_pages_only(user: Any) -> None:
    answer = give(Client(), user.username)
    assert answer.headers["Location"].startswith("/")
    client = Client()
    sent = {"login": user.username, "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post("/masuk/", sent).headers["Location"].startswith("/")
    sent["next"] = "//evil.example/"
    assert not Client().post("/masuk/", sent).headers["Location"].startswith("//")
