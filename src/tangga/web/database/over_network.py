"""A database on another machine is asked over TLS, with its certificate compared, or not at all."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from tangga.errors import UserError

ADDRESSES = ("DATABASE_URL", "TANGGA_WEB_DATABASE_URL", "TANGGA_BACKUP_URL")
COMPARED = "verify-full"
SAID = "TANGGA_PROTECTED_NETWORK"
"""By which an operator says that the network itself is protected."""


def hold_to_tls(env: Mapping[str, str]) -> None:
    """UserError where an address of the database leads over a network and does not ask for TLS with
    the server's certificate compared. It names the setting, never the address."""
    for name in ADDRESSES:
        if env.get(name) and _goes_in_clear(name, env):
            raise UserError(
                f"{name}: basis data di komputer lain tanpa sslmode={COMPARED} / "
                f"a database on another machine without sslmode={COMPARED}",
                todo=f"Write ?sslmode={COMPARED}&sslrootcert=FILE behind it, or, where the network "
                f"is protected otherwise (WireGuard, IPsec), set {SAID}=yes",
            )


def _goes_in_clear(name: str, env: Mapping[str, str]) -> bool:
    """As libpq reads it, with what its own variables add."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = conninfo_to_dict(env[name])
    except ProgrammingError:
        raise UserError(f"{name} is no address of a PostgreSQL database") from None
    hosts = [
        parts.get("hostaddr") or env.get("PGHOSTADDR"),
        parts.get("host") or env.get("PGHOST"),
        parts.get("service") or env.get("PGSERVICE"),
    ]
    led_to = str(next(filter(None, hosts), ""))
    mode = parts.get("sslmode") or env.get("PGSSLMODE")
    return mode != COMPARED and not all(map(_is_here, led_to.split(",")))


def _is_here(host: str) -> bool:
    """A socket, or this machine itself; '' is libpq's own socket."""
    if not host or host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
