"""Mutated inputs for the readers of the program, each reader in a process of its own.

    .venv/bin/python tests/fuzz/fuzz_run.py                         all readers, 10,000 inputs each
    .venv/bin/python tests/fuzz/fuzz_run.py csv xlsx --seconds 600  what fits into ten minutes each
    .venv/bin/python tests/fuzz/fuzz_run.py --seed 2 --count 500    other inputs
    .venv/bin/python tests/fuzz/fuzz_run.py --replay FOLDER         one finding again

What is found lies in `var/fuzz/found/`: the input, and what happened. The same seed and count give
the same inputs. Ends with 1 where anything was found.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from fuzz_readers import NAMES  # noqa: E402

ROOT = Path(__file__).parents[2]
HERE = ROOT / "var" / "fuzz"
WORKER = Path(__file__).with_name("fuzz_worker.py")
HANGS = 120
"""Seconds by the clock on one input, after which its process is ended: it counts as a hang."""
SUMMED = ("read", "accepted", "refused", "found", "processor")


def fuzz(
    name: str, folder: Path, *, count: int, seconds: float = 1e9, seed: str = "1"
) -> dict[str, Any]:
    """Run one reader; returns what was done. Findings go to `folder`/found.

    A process that dies or hangs of an input is a finding; another goes on behind it.
    """
    place = folder / name
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    began, first, total = time.monotonic(), 0, dict[str, Any]()
    while first < count:
        left = seconds - (time.monotonic() - began)
        done, died = _process(name, seed, first, count - first, left, place, folder)
        for key, value in done.items():
            total[key] = total.get(key, 0) + value if key in SUMMED else value
        if died is None:
            break
        number = _keep(name, place, died)
        total["found"] = total.get("found", 0) + 1
        first = number + 1
    _gather(place, folder)
    return {"reader": name, **total, "seconds": round(time.monotonic() - began)}


def _process(
    name: str, seed: str, first: int, count: int, seconds: float, place: Path, folder: Path
) -> tuple[dict[str, Any], str | None]:
    """(what it did, None), or (what it had done shortly before, how it ended)."""
    command = [sys.executable, str(WORKER), name, seed, str(first), str(count), str(seconds)]
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "0",
        "TANGGA_FUZZ_GROUND": str(folder / "ground"),
        "OMP_NUM_THREADS": "1",
    }
    now = place / "now"
    now.unlink(missing_ok=True)
    (place / "done.json").unlink(missing_ok=True)
    with (place / "log").open("w") as log:
        running = subprocess.Popen(
            [*command, str(place)], stdout=subprocess.PIPE, stderr=log, env=environment, text=True
        )
        while True:
            try:
                said, _ = running.communicate(timeout=2)
                break
            except subprocess.TimeoutExpired:
                if now.exists() and time.time() - now.stat().st_mtime > HANGS:
                    running.kill()
                    running.wait()
                    return _so_far(place), "hang"
    if running.returncode == 0:
        return dict(json.loads(said.splitlines()[-1])), None
    if not now.exists():
        raise RuntimeError(f"{name} did not begin: {(place / 'log').read_text()[-2000:]}")
    return _so_far(place), f"ended with {running.returncode}"


def _so_far(place: Path) -> dict[str, Any]:
    done = place / "done.json"
    return dict(json.loads(done.read_text())) if done.exists() else {}


def _keep(name: str, place: Path, died: str) -> int:
    """The input that a process died of, as a finding; returns its number."""
    head, _, content = (place / "now").read_bytes().partition(b"\n")
    number, _, given = head.decode().partition(" ")
    found = place / "found" / f"{name}-{died.replace(' ', '_')}-{number}"
    found.mkdir(parents=True, exist_ok=True)
    (found / f"input-{Path(given).name}").write_bytes(content)
    said = {"reader": name, "kind": died, "name": given, "number": int(number)}
    words = (place / "log").read_text()[-3000:]
    (found / "said.json").write_text(json.dumps({**said, "words": words}, indent=1))
    return int(number)


def _gather(place: Path, folder: Path) -> None:
    for found in sorted((place / "found").glob("*")):
        target = folder / "found" / found.name
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(exist_ok=True)
        shutil.move(found, target)


def kinds(folder: Path) -> list[str]:
    """What was found, one line each."""
    said = [json.loads(file.read_text()) for file in sorted((folder / "found").glob("*/said.json"))]
    return [f"{one['reader']}: {one['kind']} (input {one['number']})" for one in said]


def replay(finding: Path) -> None:
    """Read the input of a finding again, in this process, with its traceback."""
    from fuzz_inputs import Input
    from fuzz_readers import reader_of

    os.environ.setdefault("TANGGA_FUZZ_GROUND", str(HERE / "ground"))
    said = json.loads((finding / "said.json").read_text())
    content = next(finding.glob("input-*")).read_bytes()
    place = HERE / "replay"
    place.mkdir(parents=True, exist_ok=True)
    reader_of(said["reader"]).open(place)(Input(said["name"], content))
    print("accepted")


def main() -> int:
    """The command."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("readers", nargs="*", help=", ".join(NAMES))
    asked.add_argument(
        "--count", type=int, default=0, help="inputs a reader; 10,000 without --seconds"
    )
    asked.add_argument("--seconds", type=float, default=0, help="time a reader")
    asked.add_argument("--seed", default="1")
    asked.add_argument("--replay", type=Path, help="a folder of var/fuzz/found")
    given = asked.parse_args()
    if given.replay:
        replay(given.replay)
        return 0
    count = given.count or (10**9 if given.seconds else 10_000)
    for name in given.readers or NAMES:
        done = fuzz(name, HERE, count=count, seconds=given.seconds or 1e9, seed=given.seed)
        print(json.dumps(done), flush=True)
    found = kinds(HERE)
    print("\n".join(found) or "nothing found")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
