"""The life of a business group: gathered, formed by the rule, aided, run, and what it owns.

What a group owns stays with it: a member who leaves or graduates takes nothing along.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from tangga.rules.answer import YES
from tangga.rules.days import months_before
from tangga.texts import say
from tangga.web.journeys.climb.acting import language_of, not_held, words
from tangga.web.journeys.climb.group_rule import Candidate, candidate, must_stand
from tangga.web.journeys.climb.models import Asset, Group, Member, Potential, Turnover
from tangga.web.journeys.climb.reading import Reading, read_family, read_for
from tangga.web.journeys.climb.refusals import Missing, NoSuchFamily, NotAGroup
from tangga.web.journeys.climb.wanted import wanted
from tangga.web.pack import area_name, code_label
from tangga.web.papers.issue import issue
from tangga.web.programmes import spells
from tangga.web.secrets import seal
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work import actions
from tangga.web.work.models import Item, Taken

KIND = "group"
RECORD = "record"
FOLLOWED = ("aided", "running")
"""States in which the next check-up is what a group waits for."""
PAPER = "berita_acara_kube"


# --- what people do -----------------------------------------------------------------------------


@transaction.atomic
def gather(
    *, name: str, area: str, by: Viewer, business: str = "", potential: Potential | None = None
) -> Item:
    """A group of candidates; nobody is a member yet."""
    item = actions.begin(KIND, by=by, area=area, title=name)
    Group.objects.create(
        item=item,
        area=area,
        kind=wanted().programme,
        name=name,
        business=business,
        potential=potential,
        companion=by.worker,
        state_on=today(),
    )
    return item


def of(item: Item) -> Group:
    """The group of a matter, held until the transaction ends."""
    found: Group = Group.objects.select_for_update(of=("self",)).get(pk=item.pk)
    return found


@transaction.atomic
def join(
    item: Item, *, family_id: str, person_id: str, role: str, by: Viewer, version: int
) -> Item:
    """A candidate, or a new member of a group that stands. NoSuchFamily, Missing."""
    group, read = of(item), read_for(family_id, by)
    place = read.who(person_id)
    if place is None:
        raise NoSuchFamily(family=family_id)
    not_held(read, person_id, by)
    if Member.objects.filter(person_id=person_id, left_on=None).exists():
        raise Missing(what=words("one_group", by))
    if role in wanted().leading and group.members.filter(left_on=None, role=role).exists():
        raise Missing(what=words("role_taken", by))
    formed = group.formed_on is not None
    member = Member.objects.create(
        area=read.area,
        group=group,
        family_id=family_id,
        person_id=person_id,
        role=role,
        joined_on=today(),
        counts=formed,
    )
    if formed and candidate(member, language_of(by)).answer is not YES:
        raise NotAGroup(why=say("web_climb.group_members", language_of(by)))
    item = _record(item, by, version, what="joined", person=person_id, role=role)
    if group.aided_on is not None:
        _place(group, item, read, by, group.aid_document)
    return item


@transaction.atomic
def role(item: Item, member: Member, *, role: str, by: Viewer, version: int) -> Item:
    """Another role for a member; who had it becomes a plain member."""
    group = of(item)
    if role in wanted().leading:
        group.members.filter(left_on=None, role=role).update(role=wanted().member)
    group.members.filter(pk=member.pk).update(role=role)
    return _record(item, by, version, what="role", person=member.person_id, role=role)


@transaction.atomic
def leave(item: Item, member: Member, *, why: str, by: Viewer, version: int) -> Item:
    """A member leaves; the assets stay. Its family has no place here any more."""
    if why not in Member.WHY:
        raise Missing(what=words("why", by))
    group = of(item)
    group.members.filter(pk=member.pk, left_on=None).update(
        left_on=today(), why=why, role=wanted().member
    )
    item = _record(item, by, version, what="left", person=member.person_id, why=why)
    _unplace(group, item, member.family_id, by)
    return item


@transaction.atomic
def asset(
    item: Item,
    *,
    name: str,
    value: int | None,
    got_on: date,
    document: str,
    by: Viewer,
    version: int,
) -> Item:
    """Something that the group owns, with the paper that says so."""
    group = of(item)
    Asset.objects.create(
        area=group.area, group=group, name=name, value=value, got_on=got_on, document=document
    )
    return _record(item, by, version, what="asset", document=document)


@transaction.atomic
def gone(item: Item, found: Asset, *, document: str, by: Viewer, version: int) -> Item:
    """An asset was sold, lost or worn out; the paper says how."""
    if not document.strip():
        raise Missing(what=words("document", by))
    of(item).assets.filter(pk=found.pk, gone_on=None).update(
        gone_on=today(), gone_document=document.strip()
    )
    return _record(item, by, version, what="asset_gone", document=document)


@transaction.atomic
def account(item: Item, *, number: str, bank: str, by: Viewer, version: int) -> Item:
    """The account of the group; its number is sealed."""
    if not number.isdecimal() or not 6 <= len(number) <= 20:
        raise Missing(what=words("account", by))
    group = of(item)
    group.account, group.bank = seal(number), bank.strip()[:100]
    group.save(update_fields=["account", "bank"])
    return _record(item, by, version, what="account")


@transaction.atomic
def turnover(item: Item, *, month: int, amount: int, on: date, by: Viewer, version: int) -> Item:
    """The turnover of a month, at a check-up or in between. Missing for one that is recorded."""
    if month and Turnover.objects.filter(item=item, month=month).exists():
        raise Missing(what=words("check_up_once", by))
    if amount < 0 or on > today() or month not in (0, *wanted().check_ups):
        raise Missing(what=words("turnover", by))
    Turnover.objects.create(
        item=item,
        area=item.area,
        month=month,
        amount=amount,
        on_date=on,
        by_called=by.user.called,
    )
    return _record(item, by, version, what="turnover", month=month)


@transaction.atomic
def plan(
    item: Item, *, text: str, cost: int, potential: Potential | None, by: Viewer, version: int
) -> Item:
    """The business plan, which names the potential that it rests on."""
    if not text.strip() or cost <= 0 or potential is None:
        raise Missing(what=words("business_plan", by))
    group = of(item)
    group.plan, group.plan_cost, group.potential = text.strip(), cost, potential
    group.save(update_fields=["plan", "plan_cost", "potential"])
    return actions.take(item, "plan", by=by, version=version)


@transaction.atomic
def aid(item: Item, *, amount: int, document: str, by: Viewer, version: int) -> Item:
    """The aid, by decree, to the account of the group."""
    group = of(item)
    if amount <= 0 or group.account is None:
        raise Missing(what=words("aid", by))
    group.aid_amount = amount
    group.save(update_fields=["aid_amount"])
    return actions.take(item, "aid", by=by, version=version, document=document)


def _record(item: Item, by: Viewer, version: int, **about: Any) -> Item:
    return actions.take(item, RECORD, by=by, version=version, about=about)


def check_ups(begun: date | None, done: set[int], on: date) -> list[tuple[int, date, str]]:
    """(month, day, state) of each check-up: done, due or later."""
    found = []
    for month in wanted().check_ups if begun else ():
        day = months_before(begun, -month)  # type: ignore[arg-type]
        state = "done" if month in done else "due" if day <= on else "later"
        found.append((month, day, state))
    return found


def wait_for_check_up(item: Item, begun: date | None) -> None:
    """What runs is due when its next check-up is; not at all once each was made."""
    done = set(Turnover.objects.filter(item=item).values_list("month", flat=True))
    left = (day for _, day, state in check_ups(begun, done, today()) if state != "done")
    item.due = min(left, default=None)
    item.save(update_fields=["due"])


# --- what follows from a step -------------------------------------------------------------------


def after_step(item: Item, taken: Taken, by: Viewer | None) -> None:
    """The effect of a step in the life of a group."""
    effect = _EFFECTS.get(taken.step)
    group = Group.objects.select_for_update(of=("self",)).filter(pk=item.pk).first()
    if group is None:
        return
    if taken.from_state != taken.to_state:
        group.state_on = today()
    if effect is not None:
        effect(group, item, taken, by)
    group.save()
    if item.state in FOLLOWED:
        wait_for_check_up(item, group.aided_on)


def _form(group: Group, item: Item, taken: Taken, by: Viewer | None) -> None:
    """Formed as the rule asks, with minutes; from now on its members are members."""
    found = must_stand(group, by)
    group.formed_on = today()
    group.members.filter(left_on=None).update(counts=True, joined_on=today())
    chair = next(one for one in found if one.member.role == wanted().leading[0])
    rows = [
        {
            "name": _name(one),
            "role": code_label("group_role", one.member.role, "id"),
            "place": f"{area_name(one.member.area)}; {one.read.address if one.read else ''}",
            "family_id": one.member.family_id,
            "person_id": one.member.person_id,
        }
        for one in found
    ]
    paper = issue(
        PAPER,
        by=by,
        area=group.area,
        about={
            "group": group.name,
            "business": code_label("industry", group.business, "id") if group.business else "–",
            "formed_on": today(),
            "chair": _name(chair),
            "potential": group.potential.name if group.potential else "",
        },
        rows=rows,
        item=item,
    )
    group.minutes = paper.number


def _name(one: Candidate) -> str:
    place = one.read.who(one.member.person_id) if one.read else None
    return one.read.name_of(place) if one.read and place is not None else "–"


def _plan(group: Group, item: Item, taken: Taken, by: Viewer | None) -> None:
    """No plan without what it costs and what it rests on."""
    if not group.plan or not group.plan_cost or group.potential is None:
        raise Missing(what=words("business_plan", by))


def _aid(group: Group, item: Item, taken: Taken, by: Viewer | None) -> None:
    """A place for each family, from the day of the decree; after somebody else checked the plan."""
    steps = list(Taken.objects.filter(item=item).order_by("n").values_list("step", flat=True))
    last = len(steps) - 1 - steps[::-1].index("plan")
    if "check_plan" not in steps[last:]:
        raise Missing(what=words("plan_checked", by))
    if not group.aid_amount or group.account is None:
        raise Missing(what=words("aid", by))
    found = must_stand(group, by)
    group.aided_on, group.aid_document = today(), taken.document
    for one in {each.member.family_id: each for each in found}.values():
        assert one.read is not None
        _place(group, item, one.read, by, taken.document)


def _place(group: Group, item: Item, read: Reading, by: Viewer | None, document: str) -> None:
    running = spells.running(family_id=read.family_id)
    if not any(one.kind.programme == group.kind for one in running):
        spells.open_spell(
            item=item,
            by=by,
            family_id=read.family_id,
            area=read.area,
            programme=group.kind,
            on=today(),
            document=document,
        )


def _unplace(group: Group, item: Item, family_id: str, by: Viewer | None) -> None:
    """The family's place ends with its last member."""
    if group.members.filter(family_id=family_id, left_on=None).exists():
        return
    running = spells.running(family_id=family_id)
    if any(one.kind.programme == group.kind for one in running):
        read = read_family(family_id)
        area = read.area if read else item.area
        spells.close(
            item=item, by=by, family_id=family_id, area=area, on=today(), programme=group.kind
        )


def _stand(group: Group, item: Item, taken: Taken, by: Viewer | None) -> None:
    """On its own: seen after 3, 6 and 12 months."""
    done = set(Turnover.objects.filter(item=item).values_list("month", flat=True))
    if not set(wanted().check_ups) <= done:
        raise Missing(what=words("check_ups", by))


def _dissolve(group: Group, item: Item, taken: Taken, by: Viewer | None) -> None:
    """Every membership ends, and every place; what it owned stays on record."""
    found = list(group.members.filter(left_on=None))
    group.members.filter(left_on=None).update(left_on=today(), why="dissolved")
    for family_id in dict.fromkeys(one.family_id for one in found):
        _unplace(group, item, family_id, by)


_EFFECTS = {
    "form": _form,
    "plan": _plan,
    "aid": _aid,
    "stand": _stand,
    "dissolve": _dissolve,
}


def leave_all(family_id: str, item: Item, by: Viewer | None, why: str) -> None:
    """A family that graduates leaves its groups; what they own stays with them."""
    found = Member.objects.filter(family_id=family_id, left_on=None).select_related("group")
    for member in list(found):
        Member.objects.filter(pk=member.pk).update(left_on=today(), why=why, role=wanted().member)
        _unplace(member.group, item, family_id, by)


def back(family_id: str, since: date) -> None:
    """Whom a graduation took out of a group is a plain member again, where the graduation is undone
    and the group still there."""
    found = Member.objects.filter(
        family_id=family_id, why="graduated", left_on=since, group__item__closed_on=None
    )
    elsewhere = set(
        Member.objects.filter(family_id=family_id, left_on=None).values_list("person_id", flat=True)
    )
    for member in found.exclude(person_id__in=elsewhere):
        Member.objects.filter(pk=member.pk).update(left_on=None, why="")
