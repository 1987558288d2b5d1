"""National numbers at rest: sealed, and found again by a blind index.

From the one key of the environment (`TANGGA_FIELD_KEY`) three keys are derived: to seal
(AES-256-GCM, a random nonce each), to look up (HMAC-SHA256 of the digits, 16 bytes of it) and to
stand in for a number inside a text (AES-SIV: the same number gives the same stand-in, so that
joins still work). What is sealed begins with a byte that says by which key.

A new key: set it as `TANGGA_FIELD_KEY`, put the old one into `TANGGA_FIELD_KEYS_OLD`, migrate,
which seals what accounts keep anew, and load the release in force again. Old keys only read.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tangga.errors import UserError

KEY_BYTES = 32
NONCE = 12
BLIND = 16
SHORTEST = 17
"""Bytes of a sealed nothing: its mark and what proves it."""

STAND_IN = "="
"""Sign before a stand-in: no id of a source begins so."""


class Unreadable(UserError):
    """Something sealed that no key of this service opens."""


@dataclass(frozen=True)
class Keys:
    """What is derived from one key. mark: the byte that says by which key something is sealed.
    fingerprint: by which a key is told from others, without a way back to it."""

    mark: bytes
    fingerprint: str
    sealing: AESGCM
    standing_in: AESSIV
    blind: bytes

    @classmethod
    def of(cls, text: str) -> Keys:
        """From base64 of 32 bytes; UserError, without the key, for anything else."""
        try:
            key = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise UserError(
                "TANGGA_FIELD_KEY is not base64 of 32 bytes",
                todo="Make one: openssl rand -base64 32",
            )
        return cls(
            mark=_derived(key, b"mark", 1),
            fingerprint=_derived(key, b"fingerprint", 8).hex(),
            sealing=AESGCM(_derived(key, b"seal", 32)),
            standing_in=AESSIV(_derived(key, b"stand-in", 64)),
            blind=_derived(key, b"blind index", 64),
        )


def _derived(key: bytes, use: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=b"tangga field key: " + use).derive(key)


@dataclass(frozen=True)
class Secrets:
    """What seals and opens. old: keys that only open."""

    now: Keys
    old: tuple[Keys, ...] = ()

    @classmethod
    def of(cls, key: str, old: Iterable[str] = ()) -> Secrets:
        """From keys in base64."""
        return cls(Keys.of(key), tuple(Keys.of(one) for one in old))

    @property
    def fingerprints(self) -> list[str]:
        """Of the present key, then of each old one."""
        return [keys.fingerprint for keys in (self.now, *self.old)]

    def seal(self, text: str) -> bytes:
        """One text sealed; never twice the same."""
        sealed = self.seal_all([text])[0]
        assert sealed is not None
        return sealed

    def seal_all(self, texts: Sequence[str | None]) -> list[bytes | None]:
        """Each text sealed, None where there is none: 0.8 million a second and core."""
        mark, encrypt = self.now.mark, self.now.sealing.encrypt
        nonces = os.urandom(NONCE * len(texts))
        at = range(0, len(nonces), NONCE)
        return [
            None if text is None else mark + nonce + encrypt(nonce, text.encode(), None)
            for text, nonce in zip(texts, (nonces[i : i + NONCE] for i in at), strict=True)
        ]

    def unseal(self, sealed: bytes) -> str:
        """The text again; Unreadable where no key opens it."""
        return self.unseal_file(sealed).decode()

    def seal_file(self, content: bytes) -> bytes:
        """A whole file sealed: what lies on a disk tells nothing."""
        nonce = os.urandom(NONCE)
        return self.now.mark + nonce + self.now.sealing.encrypt(nonce, content, None)

    def unseal_file(self, sealed: bytes) -> bytes:
        """Its content again; Unreadable where no key opens it, or it was changed."""
        sealed = bytes(sealed)
        nonce, body = sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
        for keys in self._by(sealed[:1]):
            try:
                return keys.sealing.decrypt(nonce, body, None)
            except (InvalidTag, ValueError):
                continue
        raise _unreadable()

    def unseal_all(self, sealed: Iterable[bytes | None]) -> list[str | None]:
        """Each text again, None where nothing was sealed."""
        return [None if one is None else self.unseal(one) for one in sealed]

    def blind(self, text: str) -> bytes:
        """Where a number is found again: the same for `1811.0525 ...` and `18110525...`."""
        found = self.blind_all([text])[0]
        assert found is not None
        return found

    def blind_all(self, texts: Iterable[str | None]) -> list[bytes | None]:
        """The blind index of each number: HMAC-SHA256, its two states kept and copied."""
        return _blinded(self.now.blind, texts)

    def blinds(self, text: str) -> list[bytes]:
        """Under the present key and each old one: for a register that was loaded before."""
        each = (_blinded(keys.blind, [text])[0] for keys in (self.now, *self.old))
        return [one for one in each if one is not None]

    def stand_in(self, text: str) -> str:
        """What stands for a number inside a text: the same each time under one key."""
        sealed = self.now.standing_in.encrypt(text.encode(), None)
        return STAND_IN + base64.urlsafe_b64encode(self.now.mark + sealed).decode().rstrip("=")

    def stood_for(self, text: str) -> str:
        """What a stand-in stands for; any other text is itself."""
        if not text.startswith(STAND_IN):
            return text
        body = text[len(STAND_IN) :]
        try:
            sealed = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        except (binascii.Error, ValueError):
            return text
        if len(sealed) <= SHORTEST:
            return text
        for keys in self._by(sealed[:1]):
            try:
                return keys.standing_in.decrypt(sealed[1:], None).decode()
            except (InvalidTag, ValueError):
                continue
        raise _unreadable()

    def _by(self, mark: bytes) -> list[Keys]:
        return [keys for keys in (self.now, *self.old) if keys.mark == mark]


def _blinded(key: bytes, texts: Iterable[str | None]) -> list[bytes | None]:
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key))
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in key))
    found: list[bytes | None] = []
    for text in texts:
        if text is None:
            found.append(None)
            continue
        first = inner.copy()
        first.update((text if text.isdigit() else digits(text)).encode())
        last = outer.copy()
        last.update(first.digest())
        found.append(last.digest()[:BLIND])
    return found


def digits(text: str) -> str:
    """A number as it is looked up: its digits alone; a text without any digit stays as it is."""
    return "".join(sign for sign in text if sign.isdigit()) or text


def _unreadable() -> Unreadable:
    return Unreadable(
        "a sealed number cannot be opened by any key of this service",
        todo="Put the key that sealed it into TANGGA_FIELD_KEYS_OLD",
    )


@cache
def of_the_service() -> Secrets:
    """Those of this process, from its environment; UserError where they are missing or wrong."""
    old = os.environ.get("TANGGA_FIELD_KEYS_OLD", "").split(",")
    key = os.environ.get("TANGGA_FIELD_KEY", "")
    return Secrets.of(key, [one.strip() for one in old if one.strip()])


def seal(text: str) -> bytes:
    """`Secrets.seal` by the service's own key."""
    return of_the_service().seal(text)


def unseal(sealed: bytes) -> str:
    """`Secrets.unseal` by the service's own keys."""
    return of_the_service().unseal(sealed)


def blind(text: str) -> bytes:
    """`Secrets.blind` by the service's own key."""
    return of_the_service().blind(text)


def blinds(text: str) -> list[bytes]:
    """`Secrets.blinds`: for `nik_index = ANY(%s)`."""
    return of_the_service().blinds(text)
