"""Every kind of matter that waits for somebody, and forms that are stale, forged or sent again.

The example work of the demo stands in every part. Each form that a page offers is changed in each
way; the answer says in words why nothing was done, the matter is as it was, and the trail has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from families import ask, one
from forging import Form, forms_at, told
from proposing import evidence_in

from tangga.web.today import pretend

pytestmark = pytest.mark.slow

DAY = date(2026, 2, 5)
AT_LEAST = 12
"""Kinds of matters of which the example must have something open."""
TRIES = 3
"""Open matters of a kind that are looked at."""


@pytest.fixture(autouse=True)
def day() -> Iterator[None]:
    with pretend(DAY):
        yield


@dataclass
class Offered:
    """A form with a step, on the page of a matter, as somebody has it before them."""

    item: str
    kind: str
    username: str
    client: Any
    form: Form

    def post(self, client: Any, sent: dict[str, str]) -> Any:
        """The answer to the form with these contents."""
        return client.post(self.form.action, sent)


@dataclass
class Furnished:
    """The service in the middle of all its work; clients by username."""

    web: Any
    users: dict[str, Any]
    clients: dict[str, Any] = field(default_factory=dict)

    def client(self, username: str, **how: Any) -> Any:
        from django.test import Client
        from users import log_in

        if how or username not in self.clients:
            client = Client(**how)
            log_in(client, self.users[username])
            if how:
                return client
            self.clients[username] = client
        return self.clients[username]

    def matters(self) -> dict[str, list[str]]:
        """Kind -> ids of open matters, in order."""
        rows = ask(
            self.web, "SELECT id, kind FROM work_item WHERE closed_on IS NULL ORDER BY at, number"
        )
        found: dict[str, list[str]] = {}
        for row in rows:
            found.setdefault(row["kind"], []).append(str(row["id"]))
        return found

    def offered(self, kind: str, ids: list[str]) -> Offered | None:
        """The first form with a step that a page of this kind offers to somebody."""
        from tangga.web.work.models import Item
        from tangga.web.work.pages import address

        for id_ in ids[:TRIES]:
            where = address(Item(pk=id_, kind=kind))
            for username in self.users:
                client = self.client(username)
                for form in forms_at(client, where):
                    if form.steps and "versi" in form.values:
                        return Offered(id_, kind, username, client, form)
        return None

    def may_take(self, username: str, item: str) -> set[str]:
        """The steps of an item that an account may take, in its first post."""
        from django.db import transaction

        from tangga.web.database import scope
        from tangga.web.viewer import open_for, posts_in_force, viewer_of
        from tangga.web.work.actions import steps_for
        from tangga.web.work.models import Item

        user = self.users[username]
        with transaction.atomic():
            scope.close()
            posts = posts_in_force(user.pk)
            viewer = viewer_of(user, posts[0] if posts else None)
            open_for(viewer)
            found = Item.objects.filter(pk=item).first()
            return {step.name for step, _ in steps_for(found, viewer)} if found else set()

    def stands(self, item: str) -> tuple[Any, ...]:
        """Everything that a refused form must leave as it is."""
        row = one(self.web, "SELECT state, version, due, area FROM work_item WHERE id = %s", item)
        steps = one(self.web, "SELECT count(*) AS n FROM work_taken WHERE item_id = %s", item)
        overlay = one(
            self.web,
            "SELECT (SELECT count(*) FROM overlay_value) + (SELECT count(*) FROM overlay_event)"
            " + (SELECT count(*) FROM overlay_spell) AS n",
        )
        return (*row.values(), steps["n"], overlay["n"])

    def trail(self) -> int:
        """How often something was refused, as the trail has it."""
        query = "SELECT count(*) AS n FROM audit_events WHERE what IN ('work_refused', 'refused')"
        return int(one(self.web, query)["n"])


@pytest.fixture(scope="module")
def work(web: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    from tangga.cli.demo_accounts import make_accounts
    from tangga.cli.demo_furnish import furnish_demo
    from tangga.web.accounts.models import User

    with evidence_in(tmp_path_factory.mktemp("var")), pretend(DAY):
        make_accounts(web.url)
        furnish_demo()
        yield Furnished(web, {user.username: user for user in User.objects.all()})


@pytest.fixture(scope="module")
def offers(work: Furnished) -> list[Offered]:
    """One form of each kind of matter."""
    with pretend(DAY):
        found = [work.offered(kind, ids) for kind, ids in sorted(work.matters().items())]
    offers = [one for one in found if one is not None]
    assert len(offers) >= AT_LEAST, [one.kind for one in offers]
    return offers


def test_a_step_that_nobody_offered_is_not_taken(work: Furnished, offers: list[Offered]) -> None:
    from tangga.web.work.kinds import workflow

    wrong = []
    for one_ in offers:
        before, seen = work.stands(one_.item), work.trail()
        every = [*workflow(one_.kind).steps, "", "sign; DROP TABLE work_item", "ｓｉｇｎ"]
        there = {step for form in forms_at(one_.client, _where(one_)) for step in form.steps}
        for step in (step for step in every if step not in there):
            wrong += _refused(work, one_, one_.form.sent(step), before, f"{one_.kind} {step!r}")
        wrong += _beside(work, one_, before)
        if work.trail() <= seen:
            wrong.append(f"{one_.kind}: the trail says nothing")
    assert not wrong, "\n".join(wrong)


def _beside(work: Furnished, one_: Offered, before: tuple[Any, ...]) -> Iterator[str]:
    """Steps that have a page of their own, sent to the plain one that knows nothing of them."""
    from tangga.web.work.kinds import workflow

    plain = f"/tugas/{one_.item}/langkah/"
    forms = [form for form in forms_at(one_.client, _where(one_)) if form.action == plain]
    offered = {step for form in forms for step in form.steps}
    for step in (step for step in workflow(one_.kind).steps if step not in offered):
        one_.client.post(plain, one_.form.sent(step))
        if work.stands(one_.item) != before:
            yield f"{one_.kind} {step!r} beside its page: taken"
            return


def test_another_version_is_not_overwritten(work: Furnished, offers: list[Offered]) -> None:
    wrong = []
    for one_ in offers:
        before, step = work.stands(one_.item), one_.form.steps[0]
        now = int(one_.form.values["versi"])
        for version in (str(now + 1), str(now - 1), "-1", "", "1e9", "٣", "9" * 40, f"{now} or 1"):
            sent = one_.form.sent(step, versi=version)
            wrong += _refused(work, one_, sent, before, f"{one_.kind} version {version!r}")
    assert not wrong, "\n".join(wrong)


def test_a_form_without_its_mark_does_nothing(work: Furnished, offers: list[Offered]) -> None:
    wrong = []
    for one_ in offers:
        before = work.stands(one_.item)
        client = work.client(one_.username, enforce_csrf_checks=True)
        answer = one_.post(client, one_.form.sent(one_.form.steps[0]))
        if answer.status_code != 403 or work.stands(one_.item) != before:
            wrong.append(f"{one_.kind}: {answer.status_code}")
        if "<main" not in answer.content.decode():
            wrong.append(f"{one_.kind}: no page that says so")
    assert not wrong, "\n".join(wrong)


def test_the_form_of_somebody_else_does_nothing(work: Furnished, offers: list[Offered]) -> None:
    """Sent by everybody to whom the page did not offer it: other areas, other roles, nobody."""
    from django.test import Client

    wrong = []
    for one_ in offers:
        before, step = work.stands(one_.item), one_.form.steps[0]
        for username in (*work.users, ""):
            client = work.client(username) if username else Client()
            if username and step in work.may_take(username, one_.item):
                continue
            answer = one_.post(client, one_.form.sent(step))
            if answer.status_code >= 500 or work.stands(one_.item) != before:
                wrong.append(f"{one_.kind} {step} by {username}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_what_is_sent_twice_is_done_once(work: Furnished, offers: list[Offered]) -> None:
    """The same form again, and the form that another had open meanwhile."""
    wrong, done = [], 0
    for one_ in offers:
        before = work.stands(one_.item)
        forms = [form for form in forms_at(one_.client, _where(one_)) if form.steps]
        if not forms:
            continue  # an earlier one took its place: a child went on with its batch
        form = forms[0]
        sent = form.sent(form.steps[0])
        one_.client.post(form.action, sent)
        after = work.stands(one_.item)
        if after == before:
            continue  # it needs more than a reason and a paper: its own tests have it
        done += 1
        for again in (sent, form.sent(form.steps[-1])):
            answer = one_.client.post(form.action, again)
            if work.stands(one_.item) != after:
                wrong.append(f"{one_.kind} {again['langkah']}: done twice")
            if answer.status_code not in (302, 404) or not (
                answer.status_code == 404 or told(answer)
            ):
                wrong.append(f"{one_.kind} {again['langkah']}: {answer.status_code}, no words")
    assert not wrong, "\n".join(wrong)
    assert done >= AT_LEAST // 2, done


def _where(one_: Offered) -> str:
    from tangga.web.work.models import Item
    from tangga.web.work.pages import address

    return address(Item(pk=one_.item, kind=one_.kind))


def _refused(
    work: Furnished, one_: Offered, sent: dict[str, str], before: tuple[Any, ...], called: str
) -> Iterator[str]:
    """What is wrong with how a forged form was answered."""
    answer = one_.post(one_.client, sent)
    if work.stands(one_.item) != before:
        yield f"{called}: taken"
    if answer.status_code == 404:
        return
    if answer.status_code not in (200, 302):
        yield f"{called}: {answer.status_code}"
    elif not told(answer):
        yield f"{called}: no words"
