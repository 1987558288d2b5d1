"""One-time codes to a registered telephone: six digits, once, for ten minutes, five tries."""

from __future__ import annotations

import hashlib
import hmac
import secrets as chance
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tangga.errors import UserError
from tangga.texts import say
from tangga.web import secrets
from tangga.web.audit.actions import record
from tangga.web.counter.desk import desk
from tangga.web.public import senders, tasks
from tangga.web.public.check import Person
from tangga.web.public.limits import SENT
from tangga.web.public.models import Code, Phone
from tangga.web.public.narrow import opened
from tangga.web.viewer import Viewer

DIGITS = 6
MINUTES = 10
TRIES = 5


@dataclass(frozen=True)
class Sent:
    """A code that was asked for. shown: the code itself, in a demo alone."""

    id: UUID
    shown: str = ""


def ask(person: Person, viewer: Viewer) -> Sent:
    """Send a code, where the person has a telephone here. Who asks learns no more than that one was
    asked for: it is made and kept alike where there is no telephone, and sent nowhere."""
    code = "".join(chance.choice("0123456789") for _ in range(DIGITS))
    id_, too_often = uuid4(), SENT.passed(person.person_id)
    with opened(person.area, viewer):
        phone = Phone.objects.filter(person_id=person.person_id, ended_on=None).first()
        goes = phone is not None and not too_often
        Code.objects.create(
            id=id_,
            person_id=person.person_id,
            family_id=person.family_id,
            area=person.area,
            digest=_digest(id_, code) if goes else "-",
            until=timezone.now() + timedelta(minutes=MINUTES),
        )
    if phone is None or not goes:
        return Sent(id_)
    text = say("web_public.code_text", viewer.language, code=code, minutes=MINUTES)
    tasks.put(secrets.unseal(bytes(phone.number)), text)
    record("code_sent", by=None, area=person.area, person_id=person.person_id)
    return Sent(id_, code if senders.on_screen() else "")


@transaction.atomic
def fits(person: Person, id_: UUID, given: str, viewer: Viewer) -> bool:
    """Whether it is the code that was sent, for the first time and in time; counts a wrong one."""
    with opened(person.area, viewer):
        found = Code.objects.select_for_update().filter(pk=id_, person_id=person.person_id).first()
        if found is None or found.used_at or found.tries >= TRIES:
            return False
        if found.until < timezone.now():
            return False
        right = hmac.compare_digest(found.digest, _digest(found.pk, given.strip()))
        if right:
            found.used_at = timezone.now()
        else:
            found.tries += 1
        found.save(update_fields=["used_at", "tries"])
    return right


def register(
    *, by: Viewer, person_id: str, family_id: str, area: str, number: str, since: date
) -> Phone:
    """The telephone of a person who stands at the counter; a former one counts no more."""
    plain = desk().telephone.tidied(number)
    if plain is None:
        raise UserError("this is no telephone number", todo="Write it as 0812 3456 7890")
    with transaction.atomic():
        Phone.objects.filter(person_id=person_id, ended_on=None).update(ended_on=since)
        made = Phone.objects.create(
            person_id=person_id,
            family_id=family_id,
            area=area,
            number=secrets.seal(plain),
            last=plain[-4:],
            by=by.user,
            since=since,
        )
        record("phone_registered", by=by, family_id=family_id, person_id=person_id, area=area)
    return made


def _digest(id_: UUID, code: str) -> str:
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"code:{id_}:{code}".encode(), hashlib.sha256).hexdigest()
