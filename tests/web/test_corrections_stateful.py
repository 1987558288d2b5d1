"""Whatever people do in whatever order: no proposal holds without the hands it needs, none is lost.

A machine of Hypothesis lets eleven people (one of them in five posts) take any step of any proposal
or batch, of three workflows, with pages that are fresh or old, with powers that were delegated,
ended, or given by somebody who lost their post, on days inside and outside of the windows. After
each act it reads back, past every policy, what is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from families import ask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from proposing import evidence_in

from tangga.errors import UserError
from tangga.web.today import pretend

REGENCY, ELSEWHERE = "1811", "1771"
VALUE, LEFT, RANK = "value", "left", "rank_appeal"
KIND, EVENT, BATCH = "correction", "family_event", "correction_batch"
KINDS = (KIND, EVENT, "rank_appeal")
FIRST = date(2026, 2, 5)
HANDS = {"propose": "proposer", "verify": "verifier", "recommend": "approver", "sign": "approver",
         "approve": "approver"}  # fmt: skip
WAY = ("propose", "endorse", "verify", "recommend", "sign")
WAYS = {KIND: WAY, "rank_appeal": WAY, EVENT: ("propose", "verify", "approve")}
"""The steps, in their order, without which nothing holds."""
ROLE = {"endorse": "kepala_desa", "verify": "verifikator_kabkota", "recommend": "kepala_dinas",
        "approve": "kepala_dinas", "sign": "bupati", "present": "kepala_dinas"}  # fmt: skip
VERB = {"approve": "recommend", "present": "recommend"}
OF_BATCH = {"recommend": "present", "sign": "sign"}
"""Steps of a proposal that follow from one of its batch."""
OPEN = {(KIND, "enter"): 17, (EVENT, "enter"): 17, ("rank_appeal", "enter"): 10,
        ("rank_appeal", "propose"): 10}  # fmt: skip
"""The last day of a month on which a step may be taken."""
HOLDS = frozenset({"ready", "entered", "unanswered", "accepted", "rejected"})
"""States in which the village, the regency and its head have all said yes."""
WAYS_UP = ("enter", "answer_yes", "answer_no")
STEPS = (
    *("endorse", "decline_village", "verify", "return_village", "decline", "recommend", "approve"),
    *("send_back", "sign", "take_out", "pull_out", "returned", "withdraw", "no_answer"),
    *WAYS_UP,
)
WORDS = {"reason": "Dilihat langsung di rumahnya", "document": "BA/07/2026"}
COLUMNS = ("floor", "roof", "wall")


@dataclass(frozen=True)
class Actor:
    """One person in one post."""

    user: Any
    post: Any


class World:
    """The office: people, families, and how to act as somebody."""

    def __init__(self, web: Any) -> None:
        self.web = web
        found = ask(
            web,
            "SELECT area, array_agg(family_id ORDER BY family_id) AS families FROM families "
            "WHERE area LIKE %s AND status = 'active' AND floor IS NOT NULL GROUP BY area "
            "HAVING count(*) >= 2 ORDER BY area LIMIT 1",
            f"{REGENCY}%",
        )[0]
        self.village, self.families = found["area"], found["families"][:2]
        self.members = [
            row["person_id"] for row in ask(
                web, "SELECT person_id FROM persons WHERE family_id = %s AND status <> 'dead' "
                "ORDER BY person_id", self.families[0],
            )
        ]  # fmt: skip
        self.actors = self._actors()

    def _actors(self) -> dict[str, Actor]:
        from tangga.web.accounts.actions import give_post
        from tangga.web.viewer import posts_in_force

        village, regency = self.village, REGENCY
        posts = {
            "operator": ("operator_desa", village), "clerk": ("operator_kabkota", regency),
            "village_head": ("kepala_desa", village), "verifier": ("verifikator_kabkota", regency),
            "head": ("kepala_dinas", regency), "mayor": ("bupati", regency),
            "neighbour": ("verifikator_kabkota", ELSEWHERE), "their_mayor": ("bupati", ELSEWHERE),
            "companion": ("pendamping_pkh", village), "auditor": ("auditor", regency),
        }  # fmt: skip
        found = {}
        for name, (role, area) in posts.items():
            user = self.web.user(role, area)
            found[name] = Actor(user, posts_in_force(user.pk)[0])
        many = self.web.user("operator_kabkota", regency, username="segala-topi")
        for role, area in (("kepala_desa", village), ("verifikator_kabkota", regency),
                           ("kepala_dinas", regency), ("bupati", regency)):  # fmt: skip
            give_post(user=many, role=role, area=area, by=None)
        for post in posts_in_force(many.pk):
            found[f"many/{post.role.code}"] = Actor(many, post)
        return found

    @contextmanager
    def acting(self, name: str) -> Iterator[Any]:
        """In a request of this person; whatever goes wrong in it has not been."""
        from django.core.exceptions import PermissionDenied
        from django.db import transaction

        from tangga.web.database import scope
        from tangga.web.viewer import open_for, posts_in_force, viewer_of

        actor = self.actors[name]
        with transaction.atomic():
            scope.close()
            if actor.post.id not in {post.id for post in posts_in_force(actor.user.pk)}:
                raise PermissionDenied("no longer in office")
            viewer = viewer_of(actor.user, actor.post)
            open_for(viewer)
            yield viewer

    def posts(self, query: str, *values: Any) -> int:
        """Change posts past the wall that stands even before the owner; how many."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.accounts_from', '!', false)")
            cursor.execute(query, list(values))
            changed = cursor.rowcount
            cursor.execute("SELECT set_config('app.accounts_from', '', false)")
        return changed

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        from tangga.web.database.rows import rows

        return rows(query, list(values))


ITEMS = (
    "SELECT id, number, kind, state, version, parent_id, closed_on FROM work_item ORDER BY number"
)
TAKEN = """
SELECT item_id, n, step, from_state, to_state, hand, user_id, role, on_behalf, on_day
FROM work_taken ORDER BY item_id, n
"""
OVERLAID = """
SELECT item_id, field AS what FROM overlay_value WHERE ended IS NULL
UNION ALL SELECT item_id, event || ' ' || person_id FROM overlay_event WHERE ended IS NULL
ORDER BY 1, 2
"""
GIVEN = "SELECT * FROM work_delegation ORDER BY id"
POSTS = "SELECT user_id, role, area, valid_to FROM accounts_post"
TOLD = """
SELECT about ->> 'item' AS number, count(*) AS n FROM audit_events WHERE what = 'work_step'
GROUP BY 1
"""


class Channel(RuleBasedStateMachine):
    """The formal channel of corrections."""

    world: World
    reached: set[str]
    items = Bundle("items")
    batches = Bundle("batches")

    def __init__(self) -> None:
        super().__init__()
        self.day = FIRST
        self.said: dict[Any, tuple[str, Any, str]] = {}
        self.versions: dict[Any, int] = {}
        self.left: dict[int, date] = {}

    @initialize(target=items)
    def begin(self) -> Any:
        """An empty office but for one value and one member who left."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE work_item, work_delegation CASCADE")
        self.world.posts("UPDATE accounts_post SET valid_to = NULL WHERE valid_to IS NOT NULL")
        return multiple(
            *(self.propose_of(sort, "operator", 0, "floor", 1) for sort in (VALUE, LEFT))
        )

    # --- acts -------------------------------------------------------------------------------------

    actors = st.sampled_from((
        "operator", "clerk", "village_head", "verifier", "head", "mayor", "neighbour",
        "their_mayor", "companion", "auditor", "many/operator_kabkota", "many/kepala_desa",
        "many/verifikator_kabkota", "many/kepala_dinas", "many/bupati",
    ))  # fmt: skip
    old = st.sampled_from((0, 0, 0, 0, 1))
    """How many steps ago the page was opened."""

    @rule(
        target=items, sort=st.sampled_from((VALUE, VALUE, LEFT, RANK)),
        who=st.sampled_from(("operator", "clerk", "village_head", "many/operator_kabkota",
                             "auditor", "neighbour")),
        family=st.integers(0, 1), column=st.sampled_from(COLUMNS), place=st.integers(0, 5),
    )  # fmt: skip
    def propose(self, sort: str, who: str, family: int, column: str, place: int) -> Any:
        made = self.propose_of(sort, who, family, column, place)
        return multiple() if made is None else made

    def propose_of(self, sort: str, who: str, family: int, column: str, place: int) -> Any:
        from tangga.web.corrections import actions, believed
        from tangga.web.corrections.forms import About
        from tangga.web.corrections.sorts import book

        id_ = self.world.families[0 if sort == LEFT else family]
        made: list[Any] = []

        def act(viewer: Any) -> Any:
            found = believed.family(id_)
            if found is None:
                raise UserError("not theirs to see")
            said, follows = self._said(sort, found, column, place)
            made.extend((said, follows))
            about = About(book().sorts[sort], found, section="housing", whom_said=True)
            return actions.propose(about, said, by=viewer, on=self.day, reason=WORDS["reason"])

        item = self._try(who, act)
        if item is None:
            return None
        self.said[item.pk] = (sort, *made)
        return item.pk

    def _said(self, sort: str, found: Any, column: str, place: int) -> tuple[Any, str]:
        """What a form says, and what the overlay has to say once it holds."""
        from tangga.web.corrections.said import Change, Said
        from tangga.web.pack import pack

        if sort == RANK:
            return Said(), ""
        if sort == LEFT:
            person = self.world.members[place % len(self.world.members)]
            return Said(words={"to_area": ELSEWHERE}, ids=(person,)), f"move_out {person}"
        listed = list(pack().tables["family"].columns[column].codes.codes)
        after = listed[place % len(listed)]
        before = found.text(found.id, column)
        return Said((Change("family", found.id, column, before, after),)), column

    @rule(item=items, step=st.sampled_from(STEPS), who=actors, old=old)
    def step(self, item: Any, step: str, who: str, old: int) -> None:
        from tangga.web.corrections import actions

        self._try(who, lambda viewer: actions.take(
            self._item(item), step, by=viewer, version=self._version(item, old), **WORDS
        ))  # fmt: skip

    @rule(item=items, pick=st.integers(0, 11), hat=st.integers(0, 3), old=old)
    def fitting(self, item: Any, pick: int, hat: int, old: int) -> None:
        """A step that leads on from where it is, by somebody who has the verb, if not the hand."""
        from tangga.web.work.kinds import workflow

        found = workflow(self._item(item).kind).steps_from(self._item(item).state)
        if not found:
            return
        step = found[pick % len(found)]
        able = [
            name for name, actor in self.world.actors.items()
            if step.verb in actor.post.role.verbs and not name.startswith(("neighbour", "their"))
        ]  # fmt: skip
        if able:
            self.step_of(item, step.name, able[hat % len(able)], old)

    @rule(item=items, step=st.sampled_from(("recommend", "sign", "returned")), who=actors)
    def forge(self, item: Any, step: str, who: str) -> None:
        """A form of ours with the name of a step that only a batch takes."""
        from tangga.web.work import actions as work

        self._try(who, lambda viewer: work.take(
            self._item(item), step, by=viewer, version=self._version(item, 0), **WORDS
        ))  # fmt: skip

    @rule(
        one=items, other=items, old=old,
        who=st.sampled_from(("village_head", "many/kepala_desa", "head")),
    )  # fmt: skip
    def deliberate(self, one: Any, other: Any, who: str, old: int) -> None:
        self.deliberate_of([(one, old), (other, old)], who)

    @rule(item=items)
    def to_the_end(self, item: Any) -> None:
        """All of it at once: without that few stories would come so far."""
        self.as_usual_of(item, 6)

    @rule(item=items, steps=st.integers(1, 4))
    def as_usual(self, item: Any, steps: int) -> None:
        self.as_usual_of(item, steps)

    def as_usual_of(self, item: Any, steps: int) -> None:
        """The ordinary way up, by whose work it is."""
        for _ in range(steps):
            found = self._item(item)
            one = (item, 0)
            match found.state:
                case "proposed" if found.kind != EVENT:
                    self.deliberate_of([one], "village_head")
                case "endorsed" | "proposed":
                    self.step_of(item, "verify", "verifier", 0)
                case "verified" if found.kind == EVENT:
                    self.step_of(item, "approve", "head", 0)
                case "verified":
                    self.present_of([one], "head")
                case "recommended":
                    self.sign_of(found.parent_id, 0, "mayor", read=True)
                case "ready":
                    self.send_up_of([one], "enter", "clerk")

    def step_of(self, pk: Any, step: str, who: str, old: int) -> None:
        from tangga.web.corrections import actions

        self._try(who, lambda viewer: actions.take(
            self._item(pk), step, by=viewer, version=self._version(pk, old), **WORDS
        ))  # fmt: skip

    def deliberate_of(self, which: list[tuple[Any, int]], who: str) -> None:
        from tangga.web.corrections import actions

        self._try(who, lambda viewer: actions.endorse(
            self._shown(which), by=viewer, document=WORDS["document"], basis="village_meeting",
            held_on=self.day,
        ))  # fmt: skip

    def present_of(self, which: list[tuple[Any, int]], who: str) -> Any:
        from tangga.web.corrections import actions

        return self._try(who, lambda viewer: actions.present(
            self._shown(which), by=viewer, document="460/12/Dinsos"
        ))  # fmt: skip

    def send_up_of(self, which: list[tuple[Any, int]], step: str, who: str) -> None:
        from tangga.web.corrections import actions

        self._try(who, lambda viewer: actions.send_up(
            self._shown(which), step, by=viewer, reason=WORDS["reason"]
        ))  # fmt: skip

    def sign_of(self, batch: Any, old: int, who: str, *, read: bool) -> None:
        from tangga.web.corrections import actions, places
        from tangga.web.corrections.models import Proposal

        def act(viewer: Any) -> Any:
            inside = Proposal.objects.filter(item__parent=batch, item__state="recommended")
            order = inside.select_related("item").order_by("item__area", "item__number")
            seen = places.effect(list(order)).fingerprint if read else "0" * 8
            return actions.sign(
                self._item(batch), by=viewer, version=self._version(batch, old),
                document="SK 460/2026", seen=seen,
            )  # fmt: skip

        self._try(who, act)

    def _shown(self, which: list[tuple[Any, int]]) -> list[tuple[Any, int]]:
        """Items with the versions that the page showed."""
        return [(self._item(pk), self._version(pk, old)) for pk, old in dict(which).items()]

    @rule(
        target=batches, one=items, other=items, old=old,
        who=st.sampled_from(("head", "head", "many/kepala_dinas", "verifier", "mayor")),
    )  # fmt: skip
    def present(self, one: Any, other: Any, old: int, who: str) -> Any:
        made = self.present_of([(one, old), (other, old)], who)
        return multiple() if made is None else made.pk

    @rule(
        batch=batches, old=old, read=st.booleans(),
        who=st.sampled_from(("mayor", "mayor", "mayor", "many/bupati", "their_mayor", "head")),
    )  # fmt: skip
    def sign(self, batch: Any, old: int, read: bool, who: str) -> None:
        self.sign_of(batch, old, who, read=read)

    @rule(item=items, old=old, who=st.sampled_from(("mayor", "mayor", "head", "many/bupati")))
    def give_back(self, item: Any, old: int, who: str) -> None:
        """The batch that somebody finds a proposal in."""
        self.give_back_of(item, old, who)

    def give_back_of(self, item: Any, old: int, who: str) -> None:
        from tangga.web.corrections import actions

        batch = self._item(item).parent_id
        if batch is not None:
            self._try(who, lambda viewer: actions.give_back(
                self._item(batch), by=viewer, version=self._version(batch, old),
                reason=WORDS["reason"],
            ))  # fmt: skip

    @rule(item=items)
    def presented_and_given_back(self, item: Any) -> None:
        if self._item(item).state in ("proposed", "endorsed", "verified"):
            self.as_usual_of(item, 3)
        self.give_back_of(item, 0, "mayor")

    @rule(
        one=items, other=items, step=st.sampled_from(WAYS_UP), old=old,
        who=st.sampled_from(("operator", "clerk", "head", "neighbour")),
    )  # fmt: skip
    def send_up(self, one: Any, other: Any, step: str, old: int, who: str) -> None:
        self.send_up_of([(one, old), (other, old)], step, who)

    @rule(
        giver=st.sampled_from(("head", "mayor", "verifier", "their_mayor", "many/kepala_dinas")),
        verb=st.sampled_from(("recommend", "sign", "verify", "endorse")), to=actors,
        days=st.sampled_from((1, 30, 200, 400)), late=st.sampled_from((0, 0, 5)),
        document=st.sampled_from(("Surat tugas 800/1", "Surat kuasa 2", "")),
    )  # fmt: skip
    def delegate(self, giver: str, verb: str, to: str, days: int, late: int, document: str) -> None:
        from tangga.web.work import delegations

        start = self.day + timedelta(days=late)
        self._try(giver, lambda viewer: delegations.delegate(
            verb=verb, to_user=self.world.actors[to].user.pk, valid_from=start,
            valid_to=start + timedelta(days=days), by=viewer, document=document,
        ))  # fmt: skip

    @rule(who=st.sampled_from(("head", "mayor", "clerk")), which=st.integers(0, 3))
    def take_back(self, who: str, which: int) -> None:
        from tangga.web.work import delegations
        from tangga.web.work.models import Delegation

        given = self.world.rows(GIVEN)
        if given:
            id_ = given[which % len(given)]["id"]
            self._try(who, lambda viewer: delegations.revoke(
                Delegation.objects.get(pk=id_), by=viewer
            ))  # fmt: skip

    @rule(who=st.sampled_from(("head", "mayor")))
    def leaves_office(self, who: str) -> None:
        """Their post ends; what they gave away ends with it. Pages of theirs stay open."""
        from django.utils import timezone

        query = "UPDATE accounts_post SET valid_to = %s WHERE id = %s"
        assert self.world.posts(query, timezone.localdate(), self.world.actors[who].post.id) == 1
        self.left.setdefault(self.world.actors[who].user.pk, self.day)

    @rule(days=st.sampled_from((1, 10, 45, 130)))
    def time_passes(self, days: int) -> None:
        from tangga.web.work.clock_job import overdue

        self.day += timedelta(days=days)
        with pretend(self.day):
            overdue()

    # --- what is always so ------------------------------------------------------------------------

    @invariant()
    def nothing_is_lost(self) -> None:
        """Every proposal is there, says what it said, and is where its last step led."""
        from tangga.web.corrections.models import Proposal
        from tangga.web.corrections.said import opened
        from tangga.web.work.kinds import workflow

        there = {row["id"]: row for row in self.world.rows(ITEMS)}
        assert set(self.said) <= set(there)
        assert {pk for pk, row in there.items() if row["kind"] in KINDS} == set(self.said)
        steps = self._steps()
        for pk, row in there.items():
            flow = workflow(row["kind"])
            mine = steps[pk]
            assert [one["n"] for one in mine] == list(range(1, row["version"] + 1))
            assert mine[-1]["to_state"] == row["state"]
            for before, after in pairwise(mine):
                assert after["from_state"] == before["to_state"]
            assert flow.states[row["state"]].final == (row["closed_on"] is not None)
            assert row["version"] >= self.versions.get(pk, 1)
            self.versions[pk] = row["version"]
            self.reached.update(one["to_state"] for one in mine)
            if row["state"] == "recommended":
                batch = there[row["parent_id"]]
                assert (batch["kind"], batch["state"]) == (BATCH, "presented")
            if row["kind"] == BATCH and row["closed_on"] is None:
                assert any(one["parent_id"] == pk for one in there.values()), "an empty batch waits"
        for pk, (sort, said, _) in self.said.items():
            kept = Proposal.objects.get(pk=pk)
            assert kept.sort == sort
            assert _without_before(opened(kept.said)) == _without_before(said)

    @invariant()
    def what_holds_went_through_every_hand(self) -> None:
        """Whoever has to say yes said it, in order, and they are different people where they must
        be; and only then the overlay says so."""
        steps = self._steps()
        overlaid: dict[Any, list[str]] = {}
        for row in self.world.rows(OVERLAID):
            overlaid.setdefault(row["item_id"], []).append(row["what"])
        for row in self.world.rows(ITEMS):
            mine = steps[row["id"]]
            for one in mine:
                last = OPEN.get((row["kind"], one["step"]), 31)
                assert one["on_day"].day <= last, "a step outside of its window"
                if one["step"] in ROLE and one["step"] not in OF_BATCH:
                    assert self._allowed(one), one
            if row["kind"] == BATCH:
                continue
            holds = row["state"] in HOLDS
            expected = [self.said[row["id"]][2]] if holds and self.said[row["id"]][2] else []
            assert overlaid.get(row["id"], []) == expected
            if holds:
                self._through(mine, WAYS[row["kind"]], steps)
            hands: dict[Any, str] = {}
            for one in mine:
                if one["hand"] and one["user_id"]:
                    assert hands.setdefault(one["user_id"], one["hand"]) == one["hand"]

    def _through(
        self, mine: list[dict[str, Any]], way: tuple[str, ...], steps: dict[Any, Any]
    ) -> None:
        names = [one["step"] for one in mine]
        last = [len(names) - 1 - names[::-1].index(name) for name in way]
        assert last == sorted(last)
        by = {name: mine[place] for name, place in zip(way, last, strict=True)}
        for name in set(way) & set(HANDS):
            assert by[name]["hand"] == HANDS[name]
        for name, of_batch in OF_BATCH.items():
            if name in by:
                assert any(
                    one["step"] == of_batch and one["user_id"] == by[name]["user_id"]
                    and one["on_day"] == by[name]["on_day"] and self._allowed(one)
                    for some in steps.values() for one in some
                ), f"nobody was allowed to {of_batch}"  # fmt: skip
        if "sign" in by:
            assert by["recommend"]["to_state"] == by["sign"]["from_state"]
            others = (by["propose"]["user_id"], by["verify"]["user_id"])
            assert by["recommend"]["user_id"] not in others
        people = {by[name]["user_id"] for name in ("propose", "verify", way[-1])}
        assert len(people) == 3 and None not in people

    def _allowed(self, one: dict[str, Any]) -> bool:
        """By the role that has the verb; or by a power in writing from somebody who had that role,
        in force on the day."""
        role = ROLE[one["step"]]
        if not one["on_behalf"]:
            return bool(one["role"] == role)
        return any(
            given["document"] == one["on_behalf"] and given["to_user_id"] == one["user_id"]
            and given["verb"] == VERB.get(one["step"], one["step"]) and given["from_role"] == role
            and given["valid_from"] <= one["on_day"] < given["valid_to"]
            and (given["revoked_on"] is None or given["revoked_on"] >= one["on_day"])
            and given["area"] == REGENCY and given["from_user_id"] != one["user_id"]
            and self.left.get(given["from_user_id"], one["on_day"]) >= one["on_day"]
            for given in self.world.rows(GIVEN)
        )  # fmt: skip

    @invariant()
    def the_trail_has_every_step(self) -> None:
        told = {row["number"]: row["n"] for row in self.world.rows(TOLD)}
        for row in self.world.rows(ITEMS):
            assert told[row["number"]] == row["version"]

    # --- how --------------------------------------------------------------------------------------

    def _try(self, who: str, act: Any) -> Any:
        """What somebody does; refused in words, it has changed nothing."""
        from django.core.exceptions import ObjectDoesNotExist, PermissionDenied

        before = self._all()
        with pretend(self.day):
            try:
                with self.world.acting(who) as viewer:
                    return act(viewer)
            except (UserError, PermissionDenied, ObjectDoesNotExist, LookupError):
                assert self._all() == before, "a refusal left something behind"
                return None

    def _all(self) -> list[Any]:
        return [self.world.rows(query) for query in (ITEMS, TAKEN, OVERLAID, GIVEN)]

    def _item(self, pk: Any) -> Any:
        """As a request finds it; LookupError where that person does not."""
        from tangga.web.work.models import Item

        found = Item.objects.filter(pk=pk).first()
        if found is None:
            raise LookupError(pk)
        return found

    def _version(self, pk: Any, old: int) -> int:
        return max(1, self._item(pk).version - old)

    def _steps(self) -> dict[Any, list[dict[str, Any]]]:
        found: dict[Any, list[dict[str, Any]]] = {}
        for row in self.world.rows(TAKEN):
            found.setdefault(row["item_id"], []).append(row)
        return found


def _without_before(said: Any) -> Any:
    """What stood there may be looked at again; what is proposed never changes."""
    return replace(said, changes=tuple(replace(one, before=None) for one in said.changes))


@pytest.fixture(scope="module", autouse=True)
def evidence_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with evidence_in(tmp_path_factory.mktemp("var")):
        yield


@pytest.fixture(scope="module")
def world(web: Any) -> World:
    return World(web)


def explored(world: World, examples: int, steps: int) -> set[str]:
    """Let the machine try so many stories of so many acts; the states in which it saw proposals."""
    reached: set[str] = set()
    machine = type("Machine", (Channel,), {"world": world, "reached": reached})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, database=None,
            suppress_health_check=list(HealthCheck), derandomize=examples < 50,
            phases=[Phase.generate, Phase.shrink],
        ),
    )  # fmt: skip
    return reached


def test_the_ordinary_way_up_breaks_no_rule(world: World) -> None:
    """What the machine holds to be always so, along the way that most proposals go."""
    reached: set[str] = set()
    story = type("Story", (Channel,), {"world": world, "reached": reached})()
    story.begin()
    assert story.propose_of(RANK, "clerk", 1, "", 0)
    for item in list(story.said):
        for _ in range(5):
            story.as_usual_of(item, 1)
            story.nothing_is_lost()
            story.what_holds_went_through_every_hand()
            story.the_trail_has_every_step()
    states = {story._item(item).state for item in story.said}
    assert states == {"entered"} and {"recommended", "ready", "signed"} <= reached


def test_no_way_round_the_hands_and_no_proposal_lost(world: World) -> None:
    assert "proposed" in explored(world, examples=3, steps=15)


@pytest.mark.slow
def test_no_way_round_in_many_stories(world: World) -> None:
    """Stories are drawn anew each time: should eighty not come to every state, eighty more may."""
    wanted = HOLDS | {"declined", "withdrawn", "returned"}
    reached: set[str] = set()
    for _ in range(4):
        reached |= explored(world, examples=80, steps=50)
        if reached >= wanted:
            break
    assert reached >= wanted
