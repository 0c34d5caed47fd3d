"""A Spark session for linking, and what to install where there can be none.

PySpark is an extra (`pip install lightkeeper[spark]`): nothing here is imported unless Spark is
asked for.
"""

import os
import re
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from lightkeeper.engine.errors import EngineError

OLDEST_JAVA = 17
# Rows that go to Python at a time.
ROWS_AT_ONCE = 20_000
NO_JAVA = (
    f"Spark needs Java {OLDEST_JAVA} or later. Install it (Debian: apt-get install "
    f"openjdk-{OLDEST_JAVA}-jre-headless) or say in JAVA_HOME where it is."
)


@contextmanager
def open_session(master: str, scratch: Path, *, memory_mb: int = 2048) -> Iterator[Any]:
    """A session at `master` (local[2], spark://...), ended with everything it started. One that is
    open in this process already is used as it is, and left open.

    Units: `memory_mb` of Java in this process. What the executors take, and all else that is not
    said here, stands in Spark's own settings (spark-defaults.conf). `scratch`: where a local
    session spills.
    Raises: EngineError where PySpark or Java is missing, or Spark cannot start or go on.
    """
    spark_session = _pyspark().SparkSession
    check_java()
    running = spark_session.getActiveSession()
    spark = running or _started(spark_session, _usual(master, scratch, memory_mb), master)
    try:
        yield spark
    except _errors() as error:
        # What it says is asked of Java, which is about to end.
        raise EngineError(f"Spark could not go on: {_said_by(error)}") from None
    finally:
        if running is None:
            _end(spark)


def _started(spark_session: Any, settings: dict[str, str], master: str) -> Any:
    # Executors run the Python that runs here, unless somebody has said otherwise.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = spark_session.builder.master(master).appName("lightkeeper link")
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except Exception as error:
        raise EngineError(
            f"Spark at {master} does not start. Is it running there? ({_said_by(error)})"
        ) from error


def _usual(master: str, scratch: Path, memory_mb: int) -> dict[str, str]:
    settings = {
        "spark.driver.memory": f"{memory_mb}m",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(ROWS_AT_ONCE),
    }
    if master.startswith("local"):
        # Nothing outside this machine can reach it.
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
        settings["spark.local.dir"] = str(scratch)
        # A machine that sleeps for some minutes must not be taken for one that was lost.
        settings["spark.network.timeout"] = "86400s"
    return settings


def _pyspark() -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import_module("pandas")
            return import_module("pyspark.sql")
    except ImportError as error:
        raise EngineError(
            f"PySpark is not installed ({error.name} is missing). Install it: "
            "pip install 'lightkeeper[spark]'."
        ) from error


def check_java() -> None:
    """Raises: EngineError saying what to install if there is no Java that Spark can run on."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    if java is None:
        raise EngineError(f"There is no Java. {NO_JAVA}")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    if found is None or int(found[1]) < OLDEST_JAVA:
        raise EngineError(f"{java} is Java {found[1] if found else 'of no known age'}. {NO_JAVA}")


def _end(spark: Any) -> None:
    """Spark, and the Java that was started for it, which else lives as long as this process."""
    context = type(spark.sparkContext)
    gateway = context._gateway
    spark.stop()
    process = getattr(gateway, "proc", None)
    gateway.shutdown()
    context._gateway = context._jvm = None
    if process is not None:
        process.stdin.close()
        process.wait()


def _errors() -> tuple[type[Exception], ...]:
    """What PySpark raises, of its own and of Java's."""
    own, javas = import_module("pyspark.errors"), import_module("py4j.protocol")
    return own.PySparkException, javas.Py4JError


def _said_by(error: Exception) -> str:
    """Of an error in a piece what its Python said last, of others the first line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [repr(error)]
    raised = [line for line in lines if re.match(r"[\w.]+(Error|Refused|Exception): ", line)]
    return raised[-1] if raised and "Traceback" in str(error) else lines[0]
