"""Two hundred workers saving visits while a release loads and comes into force.

    python -m bench.web_visits --release RELEASE --dir var/bench/visits --out var/bench/visits

Starts PostgreSQL and the service as an office would (granian, two workers). Each simulated worker
opens the form of a family and saves a visit, again and again with a pause as in the field; some
send a form twice, as a bad line makes them. Meanwhile a process of its own loads the same release
under another name and puts it in force. Then the visits that were acknowledged are counted against
those that are kept. Nothing but 127.0.0.1 is asked.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import shutil
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench import commands
from bench.web import prepare, served
from bench.web_client import HOST

AIM_MS = 2000.0
TWICE = 0.05
"""Share of the forms that are sent a second time."""
WARMING = 24
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
KEY = re.compile(r'name="kunci" value="([^"]+)"')
DAY = re.compile(r'name="on_date" value="([^"]+)"')
LOADING = """
import json, sys, time
from pathlib import Path
from tangga.web.database.behind import step_back
from tangga.web.register import commands
step_back()
began = time.time()
entry = commands.load_release(Path(sys.argv[1]), "bench")
loaded = time.time()
commands.approve_release(entry.number, "approver")
print(json.dumps([began, loaded, time.time(), entry.number]))
"""


@dataclass
class Worker:
    """One simulated worker. families: whom they visit, in turn."""

    session: str
    families: list[str]
    saved: list[tuple[str, float, float]] = field(default_factory=list)
    """Of each acknowledged visit: its id, when, and the milliseconds of the answer."""
    forms: list[tuple[float, float]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def work(worker: Worker, port: int, until: threading.Event, pause: float, seed: int) -> None:
    """Open a form, save it, pause; until the event is set."""
    chance = random.Random(seed)
    time.sleep(chance.uniform(0, pause))
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    cookie = f"sessionid={worker.session}"
    at = 0
    while not until.is_set():
        family = worker.families[at % len(worker.families)]
        at += 1
        try:
            _visit(connection, worker, cookie, family, chance)
        except (OSError, http.client.HTTPException) as broken:
            worker.wrong.append(type(broken).__name__)
            connection.close()
        until.wait(chance.uniform(0.5, 1.5) * pause)
    connection.close()


def _ask(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes | None = None,
) -> tuple[http.client.HTTPResponse, bytes, float, float]:
    """The answer, its body, when it was asked, and milliseconds. A kept connection that the server
    closed meanwhile is opened anew and asked again, as browsers do."""
    for last in (False, True):
        began = time.time()
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return answer, answer.read(), began, 1000 * (time.time() - began)
        except (http.client.RemoteDisconnected, ConnectionError):
            connection.close()
            if last:
                raise
    raise AssertionError


def _visit(
    connection: http.client.HTTPConnection,
    worker: Worker,
    cookie: str,
    family: str,
    chance: random.Random,
) -> None:
    path = f"/kunjungan/keluarga/{family}/"
    answer, content, began, milliseconds = _ask(connection, "GET", path, {"Cookie": cookie})
    page = content.decode()
    worker.forms.append((began, milliseconds))
    token, key, day = (one.search(page) for one in (TOKEN, KEY, DAY))
    if answer.status != 200 or token is None or key is None or day is None:
        worker.wrong.append(f"form {answer.status}")
        return
    given = answer.getheader("Set-Cookie") or ""
    csrf = re.search(r"csrftoken=([^;]+)", given)
    cookies = f"{cookie}; csrftoken={csrf[1]}" if csrf else cookie
    body = urlencode(
        {
            "csrfmiddlewaretoken": token[1],
            "kunci": key[1],
            "on_date": day[1],
            "purpose": "routine",
            "result": "complete",
            "members_seen": chance.randint(1, 7),
            "income_month": chance.randint(4, 40) * 100_000,
            "school_kept": "yes",
            "note": f"kunjungan uji beban {uuid.uuid4()}",
            # Who has been with all of their families begins again, on the same day.
            "kedua": "1",
        }
    ).encode()
    head = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
    for _ in range(2 if chance.random() < TWICE else 1):
        answer, _, began, milliseconds = _ask(connection, "POST", path, head, body)
        to = re.search(r"/kunjungan/([0-9a-f-]{36})/", answer.getheader("Location") or "")
        if answer.status == 302 and to is not None:
            worker.saved.append((to[1], began, milliseconds))
        else:
            worker.wrong.append(f"save {answer.status}")


def workers(many: int, under: str = "") -> list[Worker]:
    """Accounts of companions, each with families of one district, of those whose codes begin so;
    Django is set up."""
    from bench.web_login import session_of
    from bench.web_questions import PASSWORD
    from tangga.web.accounts.actions import create_account, give_post
    from tangga.web.accounts.models import User
    from tangga.web.register import commands

    number = next(one.number for one in commands.list_releases() if one.state == "in_force")
    by_district = {code: ids for code, ids in _districts(number) if code.startswith(under)}
    districts = sorted(by_district, key=lambda code: -len(by_district[code]))[:20]
    found = []
    for n in range(many):
        district = districts[n % len(districts)]
        name = f"beban-{n:03d}"
        user = User.objects.filter(username=name).first()
        if user is None:
            user = create_account(username=name, password=PASSWORD, by=None)[0]
            code = f"BEBAN-{n:03d}"
            give_post(user=user, role="pendamping_pkh", area=district, by=None, worker=code)
        own = by_district[district][n // len(districts) :: max(1, many // len(districts))]
        found.append(Worker(session_of(user), own[:300]))
    return found


def _districts(number: int) -> Iterator[tuple[str, list[str]]]:
    from tangga.web.database.rows import rows

    query = (
        "SELECT left(area, 6) AS district, array_agg(family_id ORDER BY family_id) AS ids"
        f" FROM r_{number}.family_index WHERE length(area) = 10 GROUP BY 1"
    )
    for row in rows(query):
        yield row["district"], row["ids"]


def renamed(release: Path, folder: Path) -> Path:
    """The same release under another name, its files shared with the first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in release.iterdir():
        if file.name != "manifest.json":
            (folder / file.name).hardlink_to(file.resolve())
    said = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    said["release"] = f"{said['as_of']}-visits-{int(time.time()):x}"
    (folder / "manifest.json").write_text(json.dumps(said), encoding="utf-8")
    return folder


def run(release: Path, folder: Path, many: int, pause: float, calm: float) -> dict[str, Any]:
    """Work for `calm` seconds, load a release while work goes on, and for `calm` seconds more."""
    prepare(folder, release)
    staff = workers(many)
    from django.db import connections

    connections.close_all()
    second = renamed(release, folder / "second")
    command = [sys.executable, "-c", LOADING, str(second)]

    def load() -> list[float]:
        loading = subprocess.run(command, capture_output=True, text=True, check=False)
        if loading.returncode:
            raise SystemExit(loading.stderr)
        told: list[float] = json.loads(loading.stdout.splitlines()[-1])
        return told

    with served("tangga.web.wsgi:application") as (port, _):
        warm(staff, port)
        told, began, ended = work_while(load, staff, port, pause, calm)
    return figures(staff, told, began, ended, pause)


def warm(staff: list[Worker], port: int) -> None:
    """Some forms before anybody is measured: a process reads the pack with its first page."""
    for one in staff[:WARMING]:
        connection = http.client.HTTPConnection(HOST, port, timeout=60)
        path = f"/kunjungan/keluarga/{one.families[0]}/"
        _ask(connection, "GET", path, {"Cookie": f"sessionid={one.session}"})
        connection.close()


def work_while(
    load: Callable[[], list[float]], staff: list[Worker], port: int, pause: float, calm: float
) -> tuple[list[float], float, float]:
    """All work while a release loads, and before and after; load: says when it began, when the
    release was loaded, and when it was in force. That, when the work began, and when it ended."""
    until = threading.Event()
    threads = [
        threading.Thread(target=work, args=(one, port, until, pause, seed), daemon=True)
        for seed, one in enumerate(staff)
    ]
    began = time.time()
    for thread in threads:
        thread.start()
    time.sleep(calm)
    try:
        told = load()
        time.sleep(calm)
    finally:
        until.set()
    for thread in threads:
        thread.join(timeout=90)
    return told, began, time.time()


def figures(
    staff: list[Worker], told: list[float], began: float, ended: float, pause: float
) -> dict[str, Any]:
    """What was acknowledged, what is kept, and how long it took before, during and after."""
    from django.db import connections

    from tangga.web.database.rows import rows

    saved = [one for worker in staff for one in worker.saved]
    forms = [one for worker in staff for one in worker.forms]
    acknowledged = {number for number, _, _ in saved}
    connections.close_all()
    query = "SELECT id FROM public.visits_visit WHERE at >= to_timestamp(%s)"
    kept = {str(row["id"]) for row in rows(query, [began - 1])}
    before = [ms for _, at, ms in saved if at < told[0]]
    during = [ms for _, at, ms in saved if told[0] <= at <= told[2]]
    after = [ms for _, at, ms in saved if at > told[2]]
    wrong = [one for worker in staff for one in worker.wrong]
    return {
        "workers": len(staff),
        "pause_seconds": pause,
        "cores": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 1),
        "seconds": round(ended - began, 1),
        "loading_seconds": round(told[1] - told[0], 1),
        "in_force_seconds": round(told[2] - told[1], 1),
        "sent": len(saved),
        "acknowledged": len(acknowledged),
        "kept": len(kept),
        "lost": len(acknowledged - kept),
        "not_acknowledged": len(kept - acknowledged),
        "sent_twice_saved_once": len(saved) - len(acknowledged),
        "wrong": {one: wrong.count(one) for one in sorted(set(wrong))},
        "a_second": round(len(saved) / (ended - began), 1),
        "save_all": percentiles([ms for _, _, ms in saved]),
        "save_before": percentiles(before),
        "save_while_loading": percentiles(during),
        "save_after": percentiles(after),
        "form_all": percentiles([ms for _, ms in forms]),
        "slowest_by_10_seconds": by_time(saved, began),
    }


def by_time(saved: list[tuple[str, float, float]], began: float) -> dict[int, float]:
    """The slowest save of each ten seconds from the beginning on: where a stall would stand."""
    found: dict[int, float] = {}
    for _, at, ms in saved:
        when = int(at - began) // 10 * 10
        found[when] = max(found.get(when, 0.0), round(ms, 1))
    return dict(sorted(found.items()))


def percentiles(milliseconds: list[float]) -> dict[str, float]:
    """Half, nearly all, all but one in a hundred, and the slowest."""
    ordered = sorted(milliseconds)
    if not ordered:
        return {}

    def within(share: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)

    return {"p50": within(0.5), "p95": within(0.95), "p99": within(0.99), "most": within(1.0)}


def table(found: dict[str, Any]) -> str:
    """The figures as Markdown, each beside its aim."""
    lines = [
        f"{found['workers']} workers on {found['cores']} cores, load {found['load_average']};",
        f"a release loaded in {found['loading_seconds']} s meanwhile.",
        "",
        "| what | found | aim |",
        "| --- | --- | --- |",
        f"| visits acknowledged | {found['acknowledged']:,} | |",
        f"| of these kept | {found['acknowledged'] - found['lost']:,} | all |",
        f"| lost | {found['lost']} | 0 |",
        f"| forms sent twice, saved once | {found['sent_twice_saved_once']} | |",
        f"| other answers | {found['wrong'] or 0} | 0 |",
    ]
    for name in ("save_all", "save_before", "save_while_loading", "save_after", "form_all"):
        one = found[name]
        aim = f"p99 <= {AIM_MS:.0f} ms" if name.startswith("save") else ""
        said = ", ".join(f"{key} {value:,.0f} ms" for key, value in one.items()) or "none"
        lines.append(f"| {name.replace('_', ' ')} | {said} | {aim} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Read the arguments, measure, print."""
    parser = commands.of_release(__doc__, "var/bench/visits")
    parser.add_argument("--workers", type=int, default=200)
    parser.add_argument("--pause", type=float, default=30.0, help="seconds between two visits")
    parser.add_argument("--calm", type=float, default=20.0, help="seconds before and after loading")
    given = parser.parse_args()
    found = run(given.release, given.dir, given.workers, given.pause, given.calm)
    commands.keep(given.out, found, table(found))


if __name__ == "__main__":
    main()
