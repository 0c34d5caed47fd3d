"""One tool in a process of its own, stopped when it takes too long or too much memory.

What starts the tools holds no data and imports nothing large: a child's peak memory, as the kernel
counts it, begins with its parent's.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
OURS = Path(sys.executable)
PEERS = Path(os.environ.get("LIGHTKEEPER_PEERS", ROOT / "var" / "peers")) / "bin" / "python"
LOOK_EVERY_SECONDS = 0.1


@dataclass(frozen=True)
class Tool:
    """A peer or us under one setting. `needs`: the module that must be installed for it."""

    name: str
    module: str
    needs: str
    python: Path = PEERS
    setting: str = ""
    most_records: int = 10**9
    about: str = ""


@dataclass(frozen=True)
class Ended:
    """How a process ended: `failed` in words, or what it left behind in its folder."""

    failed: str | None
    seconds: float


def run_tool(
    tool: Tool, data: Path, out: Path, *, time_limit: float, memory_limit: float
) -> dict[str, Any]:
    """What the tool says of its run, or `failed` with the reason. Seconds; memory in MB."""
    out.mkdir(parents=True, exist_ok=True)
    for left_over in out.iterdir():
        left_over.unlink()
    records = json.loads((data / "about.json").read_text())["records"]
    if records > tool.most_records:
        return {"failed": f"not tried with more than {tool.most_records:,} records"}
    if not installed(tool):
        return {"failed": f"{tool.needs} is not installed: run `make bench-peers`"}
    words = [str(tool.python), "-m", f"bench.linkage.tools.{tool.module}", str(data), str(out)]
    ended = run_alone([*words, tool.setting], out / "log", time_limit, memory_limit)
    said = {"wall_seconds": round(ended.seconds, 2)}
    if ended.failed:
        return {**said, "failed": ended.failed}
    return {**said, **json.loads((out / "told.json").read_text())}


def installed(tool: Tool) -> bool:
    words = f"import importlib.util as u, sys; sys.exit(u.find_spec({tool.needs!r}) is None)"
    if not tool.python.exists():
        return False
    return not subprocess.run([str(tool.python), "-c", words], cwd=ROOT).returncode


def run_alone(words: Sequence[str], log: Path, time_limit: float, memory_limit: float) -> Ended:
    """Run to the end or to a limit; what it prints is in `log`, whose last line tells why."""
    started, stopped = time.perf_counter(), None
    with log.open("w") as lines:
        child = subprocess.Popen(
            words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=lines, stderr=lines,
            start_new_session=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        try:
            while child.poll() is None:
                if time.perf_counter() - started > time_limit:
                    stopped = f"stopped after {time_limit:g} s"
                elif held_mb(child.pid) > memory_limit:
                    stopped = f"stopped at more than {memory_limit:g} MB"
                if stopped:
                    break
                time.sleep(LOOK_EVERY_SECONDS)
        finally:
            _end(child)
    if stopped is None and child.returncode:
        last = (log.read_text(errors="replace").strip().splitlines() or ["it said nothing"])[-1]
        stopped = f"ended with {child.returncode}: {last[:200]}"
    return Ended(stopped, time.perf_counter() - started)


def _end(child: "subprocess.Popen[bytes]") -> None:
    """The process and all that it started, which are a group of their own."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def held_mb(pid: int) -> float:
    """What a process and those it started hold now; 0 for one that has ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20 + sum(held_mb(int(one)) for one in children)
