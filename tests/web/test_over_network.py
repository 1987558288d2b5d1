"""A database over a network: with TLS and its certificate compared, or refused in words."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tangga.errors import UserError
from tangga.web.environ import read

KEYS = {"TANGGA_SECRET_KEY": "x", "TANGGA_FIELD_KEY": "y"}  # pragma: allowlist secret
HERE = "postgresql://owner@/tangga?host=/run/postgresql"


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        (HERE, True),
        ("postgresql:///", True),
        ("postgresql://owner@/tangga?host=@abstract", True),
        ("postgresql://owner@localhost/tangga", True),
        ("postgresql://owner@127.0.0.1:5433/tangga", True),
        ("postgresql://owner@[::1]/tangga", True),
        ("host=/run/postgresql dbname=tangga", True),
        ("postgresql://owner@db.dinsos.local/tangga", False),
        ("postgresql://owner@10.0.0.7/tangga?sslmode=require", False),
        ("postgresql://owner@10.0.0.7/tangga?sslmode=verify-ca", False),
        ("postgresql://owner@/tangga?host=10.0.0.7", False),
        ("postgresql://owner@localhost/tangga?hostaddr=10.0.0.7", False),
        ("postgresql://owner@localhost,db.dinsos.local/tangga", False),
        ("postgresql://owner@/tangga?service=elsewhere", False),
        ("postgresql://owner@db.dinsos.local/tangga?sslmode=verify-full", True),
    ],
)
@pytest.mark.parametrize("name", ["DATABASE_URL", "TANGGA_WEB_DATABASE_URL", "TANGGA_BACKUP_URL"])
def test_which_addresses_are_taken(name: str, address: str, taken: bool) -> None:
    env = {**KEYS, "DATABASE_URL": HERE, name: address}
    if taken:
        read(env)
        return
    with pytest.raises(UserError) as refused:
        read(env)
    told = f"{refused.value.what} {refused.value.todo}"
    assert name in told and "sslmode=verify-full" in told and "TANGGA_PROTECTED_NETWORK" in told
    assert "10.0.0.7" not in told and "owner" not in told
    read({**env, "TANGGA_PROTECTED_NETWORK": "yes"})


def test_what_libpq_is_told_beside_the_address_counts() -> None:
    env = {**KEYS, "DATABASE_URL": "postgresql://owner@/tangga"}
    with pytest.raises(UserError):
        read({**env, "PGHOST": "db.dinsos.local"})
    read({**env, "PGHOST": "db.dinsos.local", "PGSSLMODE": "verify-full"})
    with pytest.raises(UserError, match="no address"):
        read({**env, "DATABASE_URL": "mysql://owner@/tangga"})


@pytest.mark.parametrize("command", [["serve"], ["check"], ["worker"]])
def test_nothing_starts_over_a_network_in_clear(command: list[str]) -> None:
    """As an operator meets it: at once, before anything is asked, and without the password."""
    env = dict(os.environ) | {
        "DATABASE_URL": "postgresql://owner:geheim@192.0.2.1/tangga"  # pragma: allowlist secret
    }
    program = [sys.executable, "-m", "tangga", "web", *command]
    done = subprocess.run(program, env=env, capture_output=True, text=True, timeout=60)
    told = re.sub(r"\s+", " ", done.stdout + done.stderr)
    assert done.returncode not in (0, None)
    assert "sslmode=verify-full" in told and "TANGGA_PROTECTED_NETWORK=yes" in told
    assert "Traceback" not in told and "geheim" not in told
