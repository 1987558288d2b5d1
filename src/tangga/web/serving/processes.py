"""Which processes the service is, and whether it answers."""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tangga.errors import UserError
from tangga.web.serving.supervisor import Child

HEALTH = "/sehat"
EVERYWHERE = "0.0.0.0"  # nosec B104
"""What listens on every address, and is asked on this machine's own."""

THREADS = 4
"""Threads a worker process: they wait for PostgreSQL at the same time, and compute in turn."""


@dataclass(frozen=True)
class Listening:
    """Where the service listens. certificate and key: PEM files (PKCS#8) to speak TLS itself."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    certificate: Path | None = None
    key: Path | None = None

    @property
    def url(self) -> str:
        """As one types it into a browser on this machine."""
        scheme = "https" if self.certificate else "http"
        host = {EVERYWHERE: "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)
        return f"{scheme}://{host}:{self.port}"


def answering(listening: Listening, environment: Mapping[str, str]) -> Child:
    """The processes that answer requests. Nothing of a request is written to any log."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
    command += ["--host", listening.host, "--port", str(listening.port)]
    command += ["--workers", str(listening.workers), "--blocking-threads", str(THREADS)]
    command += ["--respawn-failed-workers", "--respawn-interval", "1"]
    command += ["--workers-kill-timeout", "10", "--loop", "asyncio"]
    command += ["--log-level", "warning", "--no-access-log"]
    if listening.certificate and listening.key:
        command += ["--ssl-certificate", str(listening.certificate)]
        command += ["--ssl-keyfile", str(listening.key), "--ssl-protocol-min", "tls1.2"]
    return Child("web", [*command, "tangga.web.wsgi:application"], environment)


def working(environment: Mapping[str, str]) -> Child:
    """The process that does jobs: uploads, runs, the sealing of the audit."""
    return Child("worker", [sys.executable, "-m", "tangga", "web", "worker"], environment)


def free_port(host: str, wanted: int, tries: int = 50) -> int:
    """This port, or the next one that nobody listens on. UserError where there is none."""
    for port in range(wanted, min(wanted + tries, 65536)):
        if is_free(host, port):
            return port
    raise UserError(f"no free port from {wanted} on", todo="Name one with --port")


def is_free(host: str, port: int) -> bool:
    """Whether we could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((host, port))
        except OSError:
            return False
    return True


def wait_until_it_answers(
    listening: Listening, name: str, children: list[Child], asked: threading.Event
) -> None:
    """Until the service says that it is well; UserError where it dies or takes too long.

    name: the host name that the service answers to. asked: set when nobody wants to wait longer.
    """
    limit = time.monotonic() + 90
    while not asked.is_set() and not answers(listening, name):
        for child in children:
            code = child.died()
            if code is not None:
                raise UserError(f"{child.name} ended with {code}", todo="What it said stands above")
        if time.monotonic() > limit:
            raise UserError("the service did not answer within 90 seconds", todo="See above")
        time.sleep(0.05)


def answers(listening: Listening, name: str, seconds: float = 10.0) -> bool:
    """Whether it says that it is well, or sends us elsewhere to ask (to TLS in front of it)."""
    host = listening.url.split("://")[1].rpartition(":")[0].strip("[]")
    if listening.certificate:
        # Our own child on this machine, asked whether it lives; its certificate names the office.
        blind = ssl._create_unverified_context()  # nosec B323
        ask: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, listening.port, timeout=seconds, context=blind
        )
    else:
        ask = http.client.HTTPConnection(host, listening.port, timeout=seconds)
    try:
        ask.request("GET", HEALTH, headers={"Host": name})
        return ask.getresponse().status < 400
    except (OSError, http.client.HTTPException):
        return False
    finally:
        ask.close()


LOGINS = ("TANGGA_WEB_DATABASE_URL", "TANGGA_BACKUP_URL")
"""Logins that a process does not have which is given one of its own."""


def service_environment(url: str, **more: str) -> dict[str, str]:
    """What a process sees: our own environment, and the one login to the database that it has."""
    return {
        **{name: value for name, value in os.environ.items() if name not in LOGINS},
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tangga.web.settings",
        "PYTHONUNBUFFERED": "1",
        **more,
    }
