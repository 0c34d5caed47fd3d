"""A Lightkeeper of its own for the tests of faults: its own cluster and folder, the site and the
worker as real processes by their ordinary commands, started again when they die.
"""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
import psycopg

from lightkeeper.core.database.launcher import SUPERUSER, Cluster
from lightkeeper.core.faults import NAME, ONCE
from lightkeeper.testing.cast import PASSWORD
from lightkeeper.testing.plugin import CLUSTER, one_at_a_time, template_name

PATIENCE_SECONDS = 240.0
# `make test-faults` says how many schedules; without a number it is the short form.
IS_LONG = "LIGHTKEEPER_FAULT_SEEDS" in os.environ
GRADED = {
    "scheme": "3x5x2", "source_evaluation": "2", "information_assessment": "C",
    "handling_code": "P",
}  # fmt: skip
MAPPING = """\
name: plates
version: 1
kind: Vehicle
source_key: [ref]
properties:
  registrationNumber: plate
  buildDate: {column: built}
"""


class System:
    """`var` holds everything. `fault` of a process is POINT:NUMBER:ACTION."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.cluster = Cluster(var / "postgres")
        self.port = _free_port()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("LIGHTKEEPER_", "PG"))}
        self.environment = {
            **kept,
            "LIGHTKEEPER_VAR": str(var),
            "LIGHTKEEPER_TLS": "no",
            "LIGHTKEEPER_WORKER_DEAD_AFTER_SECONDS": "2",
            "DJANGO_SETTINGS_MODULE": "lightkeeper.web.settings",
        }

    def make(self) -> None:
        """With the schema and the cast, and with nothing that another test has left."""
        self.cluster.start()
        self.cluster.prepare()
        dump = self.var / "dump"
        with one_at_a_time():
            self._program("pg_dump", "--format=custom", "--compress=0", f"--file={dump}",
                          f"--dbname={CLUSTER.url(SUPERUSER, template_name())}")  # fmt: skip
        self._program("pg_restore", "--single-transaction",
                      f"--dbname={self.cluster.url(SUPERUSER)}", str(dump))  # fmt: skip
        dump.unlink()
        assert self.ask("select count(*) from audit_event") == [(0,)]

    def _program(self, name: str, *words: str) -> None:
        subprocess.run([self.cluster.programs / name, *words], check=True, capture_output=True)

    def run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "lightkeeper.cli", *words], env=self.environment, text=True,
            stdin=subprocess.DEVNULL, capture_output=True, check=check,
        )  # fmt: skip

    def start(self, name: str, fault: str = "", **given: Any) -> subprocess.Popen[bytes]:
        """Start `web`, `worker`, or another worker under a name that begins so."""
        environment = dict(self.environment)
        if fault:
            environment |= {NAME: fault, ONCE: str(self.fired(name))}
        words = ["serve", "--port", str(self.port)] if name == "web" else ["worker"]
        log = (self.var / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", "lightkeeper.cli", *words], env=environment,
            stdin=subprocess.DEVNULL, start_new_session=True,
            **({"stdout": log, "stderr": log} | given),
        )  # fmt: skip
        log.close()
        return self.processes[name]

    def fired(self, name: str) -> Path:
        """There once the fault of this process has come about."""
        return self.var / f"fired-{name}"

    def kill(self, name: str) -> None:
        """SIGKILL to the process and all that it started."""
        process = self.processes.pop(name, None)
        if process is None:
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            for one in [*psutil.Process(process.pid).children(recursive=True)]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.kill()
        process.kill()
        process.wait()

    def kill_postgres(self) -> None:
        """SIGKILL to the whole tree of the server, as a power cut would."""
        number = int((self.cluster.data / "postmaster.pid").read_text().split()[0])
        server = psutil.Process(number)
        for one in [server, *server.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        psutil.wait_procs([server], timeout=10)

    def drop_connections(self) -> None:
        with self.superuser() as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where pid <> pg_backend_pid() and usename like 'lk\\_%' and usename <> 'lk_dba'"
            )

    @contextlib.contextmanager
    def superuser(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.cluster.url(SUPERUSER), autocommit=True) as connection:
            yield connection

    def ask_nothing(self, statement: str) -> None:
        with self.superuser() as connection:
            connection.execute(statement)

    def ask(self, question: str, *given: object) -> list[tuple[Any, ...]]:
        with self.superuser() as connection:
            return connection.execute(question, given or None).fetchall()

    def wait_for_site(self) -> None:
        wait_until(lambda: self.get("/health/") == 200, "the site answers")

    def get(self, path: str, token: str = "") -> int:
        try:
            return self.call("GET", path, token=token).status
        except (OSError, http.client.HTTPException):
            return 0

    def call(self, method: str, path: str, body: bytes = b"", token: str = "", **headers: str
             ) -> "Answer":  # fmt: skip
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            connection.request(method, path, body or None, headers)
            response = connection.getresponse()
            headers = {name.title(): value for name, value in response.headers.items()}
            return Answer(response.status, headers, response.read())
        finally:
            connection.close()

    def stop(self) -> None:
        for name in list(self.processes):
            self.kill(name)
        self.cluster.stop()
        shutil.rmtree(self.cluster.root, ignore_errors=True)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Sender:
    """A program of one person that sends files in until each is acknowledged."""

    def __init__(self, system: System, who: str, mapping: str = MAPPING) -> None:
        self.system, self.who = system, who
        self.token = self._persist(
            "POST", "/api/sessions", {"username": who, "password": PASSWORD,
                                      "purpose": "investigation"},
        ).json["token"]  # fmt: skip
        made = self._persist("POST", "/api/reports/mappings", {"text": mapping})
        self.mapping = made.json["reference"]

    def send(self, name: str, data: bytes) -> str:
        """Its reference, as acknowledged; tried again until it is."""
        query = urlencode({**GRADED, "file_name": name, "mapping": self.mapping})
        answer = self._persist("POST", f"/api/reports?{query}", data)
        return str(answer.json["reference"])

    def _persist(self, method: str, path: str, body: Any) -> Answer:
        raw = isinstance(body, bytes)
        data = body if raw else json.dumps(body).encode()
        kind = "application/octet-stream" if raw else "application/json"
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException):
                answer = self.system.call(
                    method, path, data, getattr(self, "token", ""), **{"Content-Type": kind}
                )
                if answer.status in (200, 201):
                    return answer
                # Only what is away may be tried again; nothing is a broken program.
                assert answer.status == 503, (answer.status, answer.body)
            assert time.monotonic() < deadline, f"{path} was never acknowledged"
            time.sleep(0.2)


class Keeper(threading.Thread):
    """Starts what has died again, without its fault, as whoever runs the machine would."""

    def __init__(self, system: System) -> None:
        super().__init__(daemon=True)
        self.system, self.ended = system, threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.1):
            for name, process in list(self.system.processes.items()):
                if process.poll() is not None:
                    self.system.start(name)

    def __enter__(self) -> "Keeper":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.join()


def wait_until(
    true: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS, every: float = 0.1
) -> None:
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(psycopg.OperationalError):
            if true():
                return
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(every)


def freeze(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGSTOP)


def go_on(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGCONT)


def is_frozen(process: subprocess.Popen[bytes]) -> bool:
    return psutil.Process(process.pid).status() == psutil.STATUS_STOPPED


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def plates(tag: str, count: int) -> bytes:
    """Rows like no other file's; every hundredth has an impossible day, every fiftieth repeats."""
    lines = ["ref,plate,built"]
    for n in range(count):
        key = n - 1 if n % 50 == 49 else n
        built = "31/02/2001" if n % 100 == 10 else f"{key % 28 + 1:02d}/06/2001"
        lines.append(f"{tag}{key},{tag}{key:05d}X,{built}")
    return ("\r\n".join(lines) + "\r\n").encode()
