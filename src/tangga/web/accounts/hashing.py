"""Hashes of passwords, sealed: who reads the table, or a backup of it, cannot try words on them."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.contrib.auth.hashers import BasePasswordHasher, ScryptPasswordHasher

from tangga.web import secrets

MARK = "sealed"


class Sealed(BasePasswordHasher):
    """Django's scrypt, and its result under the service's field key."""

    algorithm = MARK
    inner = ScryptPasswordHasher()

    def salt(self) -> str:
        """A new one."""
        return self.inner.salt()

    def encode(self, password: str, salt: str) -> str:
        """`sealed$` and the sealed hash in base64."""
        return closed(self.inner.encode(password, salt))

    def decode(self, encoded: str) -> dict[str, Any]:
        """What scrypt says of it."""
        return dict(self.inner.decode(opened(encoded)))

    def verify(self, password: str, encoded: str) -> bool:
        """Whether it is the password; it is none where no key of the service opens the hash."""
        hashed = _opened(encoded)
        # Where none opens it, as slow as a wrong password.
        against = hashed or self.inner.encode("", self.inner.salt())
        return bool(self.inner.verify(password, against)) and hashed is not None

    def safe_summary(self, encoded: str) -> dict[str, Any]:
        """Nothing of the hash."""
        return {"algorithm": self.algorithm}

    def must_update(self, encoded: str) -> bool:
        """Whether scrypt would do more today."""
        hashed = _opened(encoded)
        return hashed is not None and bool(self.inner.must_update(hashed))

    def harden_runtime(self, password: str, encoded: str) -> None:
        """As scrypt."""
        if (hashed := _opened(encoded)) is not None:
            self.inner.harden_runtime(password, hashed)


def closed(hashed: str) -> str:
    """A hash of scrypt, sealed by the present key."""
    return f"{MARK}${base64.b64encode(secrets.seal(hashed)).decode('ascii')}"


def opened(encoded: str) -> str:
    """A sealed hash as scrypt made it; Unreadable where no key opens it."""
    try:
        sealed = base64.b64decode(encoded.partition("$")[2], validate=True)
    except binascii.Error:
        sealed = b""
    return secrets.unseal(sealed)


def _opened(encoded: str) -> str | None:
    try:
        return opened(encoded)
    except secrets.Unreadable:
        return None
