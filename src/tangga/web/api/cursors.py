"""Where the next page begins: opaque, signed, and good only for the same question.

A cursor is bound to the operation, its filters, the post that asked and the release: another post,
another filter or a newer release makes it worthless, and so does a changed byte.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from django.utils.crypto import salted_hmac

from tangga.web.api.problems import Problem

SIGNATURE = 16
LONGEST = 400
SALT = "tangga.web.api.cursors"


def make(last: str, question: Mapping[str, Any]) -> str:
    """The cursor behind the row with this key."""
    key = last.encode()
    return base64.urlsafe_b64encode(_sign(key, question) + key).decode().rstrip("=")


def read(cursor: str, question: Mapping[str, Any]) -> str:
    """The key that `make` was given; Problem `bad_cursor` for any other cursor or question."""
    if not cursor:
        return ""
    try:
        if len(cursor) > LONGEST:
            raise ValueError
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        signature, key = raw[:SIGNATURE], raw[SIGNATURE:]
        last = key.decode()
    except ValueError:
        raise Problem("bad_cursor") from None
    if not hmac.compare_digest(signature, _sign(key, question)):
        raise Problem("bad_cursor")
    return last


def _sign(key: bytes, question: Mapping[str, Any]) -> bytes:
    asked = json.dumps(question, sort_keys=True, default=str).encode()
    both = hashlib.sha256(asked).digest() + key
    return salted_hmac(SALT, both, algorithm="sha256").digest()[:SIGNATURE]
