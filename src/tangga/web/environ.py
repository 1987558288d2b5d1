"""Settings from the environment: read once, checked at birth, errors in words.

No secret is ever read from a file of the project, and none has a default value.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tangga.errors import UserError
from tangga.web.database.over_network import SAID, hold_to_tls

TRUE = frozenset({"1", "yes", "true", "on"})
FALSE = frozenset({"", "0", "no", "false", "off"})


@dataclass(frozen=True)
class Environment:
    """What an office sets for its service.

    secret_key: signs sessions and tokens. field_key: base64 of 32 bytes, seals national numbers.
    database_url: the owner's PostgreSQL URL. root_area: code of the office's own area, where rows
    whose place is not known belong; '': the nation. workspace: the folder that `tangga run` works
    in, '' where this service only shows releases. var: where uploads and exports are kept.
    today: the day that deadlines speak of, in a demo or a training, or a file that holds it, which
    may move on while the service runs; None: the day it is.
    pages_an_hour: how many pages of families and work one account may open, 0: any number; not in
    the demo.
    sender: how one-time codes reach a telephone (tangga.web.public.senders); '': none are sent.
    """

    secret_key: str = field(repr=False)
    field_key: str = field(repr=False)
    database_url: str = field(repr=False)
    old_field_keys: tuple[str, ...] = field(default=(), repr=False)
    root_area: str = ""
    pack: str = "indonesia"
    workspace: str = ""
    var: Path = Path("var")
    boundaries: str = ""
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    origins: tuple[str, ...] = ()
    insecure_http: bool = False
    behind_proxy: bool = False
    demo: bool = False
    keep_releases: int = 3
    pool: int = 8
    pages_an_hour: int = 1500
    today: date | Path | None = None
    sender: str = ""


def read(environ: Mapping[str, str] | None = None) -> Environment:
    """The settings; UserError names each variable that is missing or cannot be read, and a database
    that would be asked over a network in clear."""
    env = os.environ if environ is None else environ
    missing = [
        n for n in ("TANGGA_SECRET_KEY", "TANGGA_FIELD_KEY", "DATABASE_URL") if not env.get(n)
    ]
    if missing:
        todo = "Set them in the service's environment (deploy/tangga.env.example names all)"
        raise UserError(f"belum diisi / not set: {', '.join(missing)}", todo=todo)
    if not _flag(env, SAID):
        hold_to_tls(env)
    return Environment(
        secret_key=env["TANGGA_SECRET_KEY"],
        field_key=env["TANGGA_FIELD_KEY"],
        database_url=env["DATABASE_URL"],
        old_field_keys=_listed(env.get("TANGGA_FIELD_KEYS_OLD", "")),
        root_area=env.get("TANGGA_ROOT_AREA", ""),
        pack=env.get("TANGGA_PACK", "indonesia"),
        workspace=env.get("TANGGA_WORKSPACE", ""),
        var=Path(env.get("TANGGA_VAR", "var")),
        boundaries=env.get("TANGGA_BOUNDARIES", ""),
        hosts=_listed(env.get("TANGGA_HOSTS", "")) or Environment.hosts,
        origins=_listed(env.get("TANGGA_ORIGINS", "")),
        insecure_http=_flag(env, "TANGGA_INSECURE_HTTP"),
        behind_proxy=_flag(env, "TANGGA_BEHIND_PROXY"),
        demo=_flag(env, "TANGGA_DEMO"),
        keep_releases=_whole(env, "TANGGA_KEEP_RELEASES", 3),
        pool=_whole(env, "TANGGA_POOL", 8),
        pages_an_hour=_whole(env, "TANGGA_PAGES_AN_HOUR", Environment.pages_an_hour),
        today=_day(env, "TANGGA_TODAY"),
        sender=env.get("TANGGA_SENDER", "").strip(),
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _flag(env: Mapping[str, str], name: str) -> bool:
    said = env.get(name, "").strip().lower()
    if said not in TRUE | FALSE:
        raise UserError(f"{name} is neither yes nor no", todo="Write yes or no")
    return said in TRUE


def _whole(env: Mapping[str, str], name: str, otherwise: int) -> int:
    said = env.get(name, "").strip()
    if said and not said.isdigit():
        raise UserError(f"{name} is not a whole number", todo="Write digits only")
    return int(said) if said else otherwise


def _day(env: Mapping[str, str], name: str) -> date | Path | None:
    said = env.get(name, "").strip()
    if not said or Path(said).is_absolute():
        return Path(said) if said else None
    try:
        return date.fromisoformat(said)
    except ValueError:
        todo = "Write it as 2026-03-31, or name a file (from the root) that holds it"
        raise UserError(f"{name} is no day", todo=todo) from None
