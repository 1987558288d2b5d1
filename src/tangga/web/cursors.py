"""Where a page begins: an opaque, signed text in an address, good only for the same question.

A question is what was asked: of which operation or list, with which filters, in which order, of
which release. With another question, or a changed byte, a cursor is worth nothing. It holds the
place that it was made of, and nothing that a row says.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping

from django.utils.crypto import salted_hmac

LONGEST = 400
SALT = "tangga.web.cursors"
SIGNATURE = QUESTION = 16
"""Bytes of each."""


class Unreadable(ValueError):
    """No cursor of ours."""


class OfAnother(Unreadable):
    """One of ours, of another question."""


def make(place: str, question: Mapping[str, object]) -> str:
    """The cursor of a place."""
    said = _digest(question) + place.encode()
    return base64.urlsafe_b64encode(_sign(said) + said).decode().rstrip("=")


def read(cursor: str, question: Mapping[str, object]) -> str:
    """The place that `make` was given, '' for no cursor; else Unreadable or OfAnother."""
    if not cursor:
        return ""
    if len(cursor) > LONGEST:
        raise Unreadable
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise Unreadable from None
    signature, said = raw[:SIGNATURE], raw[SIGNATURE:]
    if not hmac.compare_digest(signature, _sign(said)):
        raise Unreadable
    if said[:QUESTION] != _digest(question):
        raise OfAnother
    return said[QUESTION:].decode()


def _digest(question: Mapping[str, object]) -> bytes:
    asked = json.dumps(question, sort_keys=True, default=str).encode()
    return hashlib.sha256(asked).digest()[:QUESTION]


def _sign(said: bytes) -> bytes:
    return salted_hmac(SALT, said, algorithm="sha256").digest()[:SIGNATURE]
