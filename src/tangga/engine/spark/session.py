"""Starting Spark: what must be there first, its settings, and its silence."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tangga.errors import UserError
from tangga.texts import both

OLDEST_JAVA = 17
PATIENCE = 15.0
"""Seconds in which a master must answer."""
QUIET = Path(__file__).with_name("log4j2.properties")
SETTINGS = {
    "spark.app.name": "tangga",
    # Nobody watches but the driver's own progress; a page of it would be open to the whole network.
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
    "spark.executor.syncLogLevel.enabled": "true",
    # The JVM hands over tasks and no rows; the memory of the work is Python's, beside it.
    "spark.executor.memory": "512m",
}
"""Where Spark's own settings (spark-defaults.conf) say nothing."""

_SILENT = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def start(master: str | None) -> Any:
    """A SparkContext. What Java and Spark print is thrown away: they are told to be silent, and
    what goes wrong comes back as an error.

    Raises UserError where pyspark or Java is missing or too old, or the master does not answer.
    """
    require_pyspark()
    require_java()
    _require_master(master)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # one Python for driver and workers
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway

    _keep_quiet()
    asked = SparkConf(loadDefaults=False)
    for name, value in _asked(master).items():
        asked.set(name, value)
    gateway = None
    try:
        gateway = launch_gateway(conf=asked, popen_kwargs=_SILENT)
        conf = SparkConf(_jvm=gateway.jvm)  # with what spark-defaults.conf says
        for name, value in SETTINGS.items():
            conf.setIfMissing(name, value)
        _require_master(conf.get("spark.master"))
        return SparkContext(conf=conf, gateway=gateway)
    except Exception as wrong:  # py4j's, or Java's through it: of no common kind
        if not isinstance(wrong, UserError):  # asked before Java ends, which knows the rest
            said = both("spark.not_started", between=" / ", wrong=first_line(wrong))
            wrong = UserError(said, value=master)
        _end(gateway)
        raise wrong from None


def stop(context: Any) -> None:
    """End the session and its Java; a later run of this process starts anew."""
    try:
        context.stop()
    finally:
        _end(context._gateway)


def _end(gateway: Any) -> None:
    from pyspark import SparkContext

    SparkContext._gateway = SparkContext._jvm = None
    if gateway is not None:
        gateway.shutdown()
        gateway.proc.stdin.close()  # Java ends when nobody speaks to it any more
        gateway.proc.wait(timeout=60)


def _keep_quiet() -> None:
    """Java's own warnings come before Spark reads its settings."""
    option = f"-Dlog4j2.configurationFile={QUIET.as_uri()}"
    said = os.environ.get("SPARK_SUBMIT_OPTS", "")
    if option not in said:
        os.environ["SPARK_SUBMIT_OPTS"] = f"{option} {said}".strip()


def _asked(master: str | None) -> dict[str, str]:
    """What must be said when Java starts."""
    said: dict[str, str] = {}
    if master is not None:
        said["spark.master"] = master
        if master.startswith("local"):
            said["spark.driver.host"] = said["spark.driver.bindAddress"] = "127.0.0.1"
            os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    return said


def require_pyspark() -> None:
    """UserError where the extra `spark` is not installed."""
    if find_spec("pyspark") is None:
        raise UserError(both("spark.no_pyspark", between=" / "))


def require_java() -> None:
    """UserError where there is no Java, or one too old for Spark 4."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if java is None or not Path(java).exists():
        raise UserError(both("spark.no_java", between=" / ", oldest=OLDEST_JAVA))
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    if found is None or int(found[1]) < OLDEST_JAVA:
        version = found[1] if found else "?"
        wrong = both("spark.old_java", between=" / ", oldest=OLDEST_JAVA, version=version)
        raise UserError(wrong, file=java)


def _require_master(master: str | None) -> None:
    """UserError where no master of a standalone cluster answers; Spark itself waits a minute."""
    if master is None or not master.startswith("spark://"):
        return
    for address in master.removeprefix("spark://").split(","):
        host, _, port = address.rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=PATIENCE).close()
            return
        except (OSError, ValueError):
            continue
    raise UserError(both("spark.no_master", between=" / "), value=master)


def first_line(wrong: Exception) -> str:
    """What Java said went wrong, without the places in its program."""
    java = getattr(wrong, "java_exception", None)
    try:
        text = str(java.getMessage() or java) if java is not None else str(wrong)
    except OSError:  # Java has ended
        text = str(type(wrong).__name__)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[0][:300] if lines else type(wrong).__name__
