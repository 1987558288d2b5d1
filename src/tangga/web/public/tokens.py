"""Who was found, from one page to the next: sealed inside the form, and only for a while.

No session is made for somebody who only asks, and nothing of them stands in an address.
"""

from __future__ import annotations

import base64
import binascii
import json
import time

from tangga.web import secrets
from tangga.web.public.check import Person

FOR = "public check"
WHILE = 15 * 60
"""Seconds."""


def sealed(person: Person, about: str = "") -> str:
    """A text for a hidden field. about: what the next page needs besides (an id of ours)."""
    said = [FOR, person.person_id, person.family_id, person.area, about, int(time.time())]
    return base64.urlsafe_b64encode(secrets.seal(json.dumps(said))).decode()


def unsealed(text: str) -> tuple[Person, str] | None:
    """None for anything that this service did not seal, or too long ago."""
    try:
        said = json.loads(secrets.unseal(base64.urlsafe_b64decode(text)))
    except (binascii.Error, ValueError, secrets.Unreadable):
        return None
    if not isinstance(said, list) or said[0] != FOR or time.time() - said[5] > WHILE:
        return None
    return Person(said[1], said[2], said[3]), said[4]
