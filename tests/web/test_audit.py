"""The trail: only added to, sealed, and no change of it stays unseen."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

VILLAGE, NEIGHBOUR = "1811052001", "1811052002"


def add(what: str = "family_seen", **more: Any) -> None:
    from django.db import transaction

    from tangga.web.audit.actions import record

    with transaction.atomic():
        record(what, by=None, **more)


@contextmanager
def as_app(web: Any) -> Iterator[psycopg.Connection[Any]]:
    """As a request is: in the app's role, with the nation open."""
    with web.owner() as con:
        con.execute("SELECT set_config('role', 'tangga_app', true)")
        con.execute("SELECT set_config('app.area_from', '!', true)")
        con.execute("SELECT set_config('app.area_to', '~', true)")
        yield con


def tamper(web: Any, statement: str) -> None:
    """As somebody who holds the whole server: triggers and policies do not bind them."""
    with psycopg.connect(web.superuser_url, autocommit=True) as con:
        con.execute("SET session_replication_role = replica")
        con.execute(statement.encode())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE public.audit_events SET reason = 'x'",
        "DELETE FROM public.audit_events",
        "TRUNCATE public.audit_events",
        "UPDATE public.audit_seals SET hash = repeat('0', 64)",
        "DELETE FROM public.audit_seals",
        "INSERT INTO public.audit_seals VALUES (99, now(), 0, 1, 1, repeat('0', 64))",
        "INSERT INTO public.audit_events (id, what) VALUES (1, 'forged')",
        "INSERT INTO public.audit_events (at, what) VALUES ('2020-01-01', 'forged')",
        "ALTER TABLE public.audit_events DISABLE TRIGGER ALL",
        "ALTER SEQUENCE public.audit_events_id RESTART",
    ],
)
def test_the_apps_role_can_only_add(web: Any, statement: str) -> None:
    add()
    with as_app(web) as con, pytest.raises(psycopg.errors.InsufficientPrivilege):
        con.execute(statement.encode())


@pytest.mark.parametrize(
    "statement",
    ["UPDATE public.audit_events SET reason = 'x'", "DELETE FROM public.audit_events"],
)
def test_the_owner_is_refused_too(web: Any, statement: str) -> None:
    add()
    with web.owner() as con:
        con.execute("SELECT set_config('app.area_from', '!', true)")
        con.execute("SELECT set_config('app.area_to', '~', true)")
        # A statement is refused by the trigger, or finds no policy that lets it see a row.
        with suppress(psycopg.errors.InsufficientPrivilege):
            assert con.execute(statement.encode()).rowcount == 0
    with web.owner() as con, pytest.raises(psycopg.errors.InsufficientPrivilege):
        con.execute("TRUNCATE public.audit_events")


def test_a_reader_sees_the_events_of_the_own_area_only(web: Any) -> None:
    add(area=VILLAGE, family_id="K-HERE")
    add(area=NEIGHBOUR, family_id="K-THERE")
    add(area="")
    with web.owner() as con:
        con.execute("SELECT set_config('role', 'tangga_app', true)")
        assert con.execute("SELECT count(*) FROM public.audit_events").fetchone() == (0,)
        con.execute("SELECT set_config('app.area_from', %s, true)", [VILLAGE])
        con.execute("SELECT set_config('app.area_to', %s, true)", [VILLAGE + "~"])
        query = "SELECT DISTINCT area, family_id FROM public.audit_events"
        assert con.execute(query).fetchall() == [(VILLAGE, "K-HERE")]


def test_seals_chain_and_hold(fresh_web: Any) -> None:
    from tangga.web.audit.seal import last_seal, seal_now
    from tangga.web.audit.verify import verify_audit

    for number in range(5):
        add(reason=f"{number} ✓ é", about={"b": 1, "a": [1, 2]}, family_id="K1")
    first = seal_now()
    add()
    second = seal_now()
    assert first and second and (second.number, second.events) == (first.number + 1, 1)
    assert seal_now() is None, "nothing new"
    assert last_seal() == second
    assert verify_audit(known=first.hash) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE public.audit_events SET reason = 'other' WHERE id = %d", "changed"),
        ("DELETE FROM public.audit_events WHERE id = %d", "4 events were sealed, 3 are there"),
        ("UPDATE public.audit_seals SET events = events + 1 WHERE number = 2 -- %d", "events"),
        ("UPDATE public.audit_seals SET sealed_at = now() WHERE number = 2 -- %d", "changed"),
        ("DELETE FROM public.audit_seals WHERE number = 2 -- %d", "seal 2 is missing"),
    ],
)
def test_what_is_changed_is_found_and_the_first_broken_seal_named(
    fresh_web: Any, change: str, said: str
) -> None:
    from tangga.web.audit.verify import verify_audit

    numbers = _three_seals()
    tamper(fresh_web, change % numbers[1][1])
    found = verify_audit()
    assert [one.seal for one in found if one.seal] in ([2], [3]), found
    assert said in found[0].what


def test_an_event_put_in_between_is_found(fresh_web: Any) -> None:
    from django.db import connection, transaction

    from tangga.web.audit.verify import verify_audit

    add()
    with transaction.atomic():
        add()
        transaction.set_rollback(True)
    add()
    from tangga.web.audit.seal import seal_now

    seal = seal_now()
    assert seal and verify_audit() == [], "the gap of what was rolled back is no finding"
    with psycopg.connect(fresh_web.superuser_url) as con:
        gap = con.execute(
            "SELECT n FROM generate_series(1, %s) AS n EXCEPT SELECT id FROM public.audit_events",
            [seal.last_id],
        ).fetchall()
    tamper(
        fresh_web, f"INSERT INTO public.audit_events (id, what) VALUES ({gap[0][0]}, 'put_between')"
    )
    assert [one.seal for one in verify_audit()] == [seal.number]
    connection.close()


def test_a_chain_made_anew_lacks_the_seal_kept_outside(fresh_web: Any) -> None:
    from tangga.web.audit.seal import last_seal, seal_now
    from tangga.web.audit.verify import verify_audit

    _three_seals()
    kept = last_seal()
    assert kept is not None
    tamper(fresh_web, "DELETE FROM public.audit_seals; UPDATE public.audit_events SET reason = 'y'")
    assert seal_now() is not None
    assert verify_audit() == [], "a chain made anew holds in itself"
    assert "outside" in verify_audit(known=kept.hash)[0].what


def test_what_commits_late_is_sealed_later_and_never_missed(fresh_web: Any) -> None:
    from tangga.web.audit.seal import seal_now
    from tangga.web.audit.verify import verify_audit

    add()
    late = fresh_web.owner()
    late.execute("INSERT INTO public.audit_events (what) VALUES ('came_late')")
    add()
    assert seal_now(wait=0.2) is None, "somebody who began before may still add"

    sealed: list[Any] = []
    done = threading.Timer(0.5, late.commit)
    done.start()
    sealed.append(seal_now(wait=5))
    done.join()
    late.close()
    assert sealed[0] is not None
    with psycopg.connect(fresh_web.superuser_url) as con:
        count = con.execute("SELECT count(*) FROM public.audit_events").fetchone()
    assert count == (sealed[0].events,)
    assert verify_audit() == []


def _three_seals() -> list[tuple[int, int]]:
    """Three seals of four events; (first, last) number of each."""
    from tangga.web.audit.seal import seal_now

    ends = []
    for _ in range(3):
        for _ in range(4):
            add()
        seal = seal_now()
        assert seal is not None
        ends.append((seal.after_id + 1, seal.last_id))
    return ends


def test_events_that_wait_too_long_for_a_seal_are_told(fresh_web: Any) -> None:
    from tangga.web.audit.verify import verify_audit

    add()
    tamper(fresh_web, "UPDATE public.audit_events SET at = now() - interval '20 minutes'")
    assert "wait for a seal" in verify_audit()[0].what


# --- A trail that was cut, emptied or added to by its owner --------------------------------------


def test_an_emptied_trail_is_told(fresh_web: Any) -> None:
    from tangga.web.audit.verify import verify_audit

    _three_seals()
    tamper(fresh_web, "DELETE FROM public.audit_events; DELETE FROM public.audit_seals")
    assert "neither event nor seal" in verify_audit()[0].what


def test_a_seal_kept_beside_the_database_tells_that_the_end_was_cut(
    fresh_web: Any, tmp_path: Path
) -> None:
    from tangga.web.audit.kept import keep, kept
    from tangga.web.audit.seal import last_seal, seal_now
    from tangga.web.audit.verify import verify_audit

    after = _three_seals()[-1][0]
    last = last_seal()
    assert last and keep(last, tmp_path / "var") and not keep(last, tmp_path / "var"), "hourly"
    assert verify_audit(kept=kept(tmp_path / "var")) == []
    tamper(fresh_web, "DELETE FROM public.audit_seals WHERE number = 3")
    tamper(fresh_web, f"DELETE FROM public.audit_events WHERE id >= {after}")
    assert seal_now(), "the worker goes on, and covers the gap"
    assert verify_audit() == [], "the chain holds in itself"
    assert verify_audit(kept=kept(tmp_path / "var"))[0].seal == 3


def test_numbers_of_what_failed_are_sealed_too(fresh_web: Any) -> None:
    from django.db import transaction

    from tangga.web.audit.seal import seal_now
    from tangga.web.audit.verify import verify_audit

    _three_seals()
    with transaction.atomic():
        add()
        transaction.set_rollback(True)
    seal = seal_now()
    assert seal is not None and seal.events == 0
    tamper(fresh_web, "UPDATE public.audit_seals SET sealed_at = sealed_at WHERE number = 1")
    assert verify_audit() == []


def test_an_event_that_no_area_holds_is_sealed_and_checked_all_the_same(fresh_web: Any) -> None:
    from tangga.web.audit.seal import seal_now
    from tangga.web.audit.verify import verify_audit

    _three_seals()
    tamper(fresh_web, "INSERT INTO public.audit_events (id, what, area) VALUES (-1, 'hid', '~~')")
    assert verify_audit() != []
    tamper(fresh_web, "DELETE FROM public.audit_events WHERE id = -1")
    add(area="~~")
    seal = seal_now()
    assert seal is not None and seal.events == 1


def test_nobody_writes_in_the_name_of_another(web: Any) -> None:
    with as_app(web) as con:
        con.execute("SELECT set_config('app.user', '7', true)")
        con.execute("INSERT INTO public.audit_events (by_user, what) VALUES (7, 'own_event')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            con.execute("INSERT INTO public.audit_events (by_user, what) VALUES (8, 'forged')")
    with as_app(web) as con:
        con.execute("INSERT INTO public.audit_events (what) VALUES ('of_nobody')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            # Nor before it is known who asks.
            con.execute("INSERT INTO public.audit_events (by_user, what) VALUES (8, 'forged')")
