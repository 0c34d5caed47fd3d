"""Ours and every peer on the same records: how well, how fast, with how much memory.

Usage: python -m bench.linkage [--sets NAME ...] [--tools NAME ...] [--json FILE]

Without a word: the small sets. `--sets all` adds 100,000, a million and five million made-up
records. Peers are installed by `make bench-peers`; one that is not there says so in its line.
"""

import argparse
import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.linkage.report import US, Run, lines_of, with_ratios
from bench.linkage.running import OURS, ROOT, Tool, run_alone, run_tool

SMALL = ("fake_1000", "febrl1", "febrl2", "febrl3", "febrl4", "rldata500", "rldata10000",
         "historical", "hard_cases")  # fmt: skip
LARGE = ("synthetic_100k", "synthetic_1m", "synthetic_5m")
PREPARING_SECONDS, JUDGING_SECONDS = 1800, 1800
TOOLS = (
    Tool(US, "ours", "lightkeeper", OURS),
    Tool("same text", "same_text", "pyarrow", OURS),
    Tool("Splink", "splink_alone", "splink", OURS, "docs"),
    Tool("Splink", "splink_alone", "splink", OURS, "expert"),
    Tool("goldenmatch", "goldenmatch_auto", "goldenmatch", setting="zero-config",
         most_records=200_000),
    Tool("goldenmatch", "goldenmatch_auto", "goldenmatch", setting="probabilistic",
         most_records=200_000),
    Tool("nomenklatura", "nomenklatura_xref", "nomenklatura", setting="er-unstable",
         most_records=30_000),
    Tool("nomenklatura", "nomenklatura_xref", "nomenklatura", setting="logic-v2",
         most_records=30_000),
    Tool("recordlinkage", "recordlinkage_ecm", "recordlinkage", setting="ECM",
         most_records=200_000),
    Tool("dedupe", "dedupe_labelled", "dedupe", setting="100 labels", most_records=30_000),
)  # fmt: skip


def main(words: list[str] | None = None) -> int:
    given = _given(words)
    result: dict[str, Any] = {"machine": _machine(), "sets": []}
    for name in given.sets:
        about = prepared(name, given.folder / "sets" / name)
        measured: dict[str, Any] = {"name": name, **about}
        result["sets"].append(measured)
        if "failed" in about:
            print(f"\n{name}: left out, {about['failed']}", flush=True)
            continue
        measured["runs"] = []
        for tool in TOOLS:
            if not given.tools or tool.name in given.tools:
                print(f"  {name}: {tool.name} {tool.setting}", file=sys.stderr, flush=True)
                measured["runs"] = with_ratios([*measured["runs"], one(tool, name, given)])
                # After each, so that a run that is cut short leaves what it had.
                _keep(result, given.json)
        print("\n".join(lines_of(about, measured["runs"])), flush=True)
    _keep(result, given.json)
    return 0


def _keep(result: dict[str, Any], file: Path | None) -> None:
    if file:
        file.write_text(json.dumps(result, indent=1) + "\n")


def prepared(name: str, data: Path) -> dict[str, Any]:
    """What the set is, made if it is not there yet; or `failed` with the reason."""
    data.mkdir(parents=True, exist_ok=True)
    words = [str(OURS), "-m", "bench.linkage.sets", name, str(data)]
    ended = run_alone(words, data / "log", PREPARING_SECONDS, 10_000)
    if ended.failed:
        return {"failed": ended.failed.partition(": ")[2] or ended.failed}
    return dict(json.loads((data / "about.json").read_text()))


def one(tool: Tool, name: str, given: argparse.Namespace) -> Run:
    """A tool on a set, and what its result is worth."""
    data = given.folder / "sets" / name
    out = given.folder / "runs" / name / f"{tool.module} {tool.setting}".strip()
    load = os.getloadavg()[0]
    run: Run = {"tool": tool.name, "setting": tool.setting, "load_before": round(load, 2)}
    run |= run_tool(tool, data, out, time_limit=given.seconds, memory_limit=given.megabytes)
    if run.get("failed"):
        return run
    words = [str(OURS), "-m", "bench.linkage.judging", str(data), str(out)]
    ended = run_alone(words, out / "judging.log", JUDGING_SECONDS, given.megabytes)
    if ended.failed:
        return {**run, "failed": f"its result was not judged: {ended.failed}"}
    return run | json.loads((out / "judged.json").read_text())


def _machine() -> dict[str, Any]:
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(), "load": [round(load, 2) for load in os.getloadavg()],
        "python": platform.python_version(), "system": f"{platform.system()} {platform.machine()}",
    }  # fmt: skip


def _given(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m bench.linkage", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    names = sorted({tool.name for tool in TOOLS})
    parser.add_argument("--sets", nargs="+", default=list(SMALL), metavar="NAME",
                        choices=["all", "small", "tiny", *SMALL, *LARGE])  # fmt: skip
    parser.add_argument("--tools", nargs="+", default=[], choices=names, metavar="NAME",
                        help=f"of {', '.join(names)}")  # fmt: skip
    parser.add_argument("--seconds", type=float, default=1200, help="a tool may take on a set")
    parser.add_argument("--megabytes", type=float, default=12_000, help="a tool may hold")
    parser.add_argument("--json", type=Path, help="where to keep the figures")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench")
    given = parser.parse_args(words)
    groups = {"all": [*SMALL, *LARGE], "small": list(SMALL)}
    given.sets = [name for word in given.sets for name in groups.get(word, [word])]
    return given


if __name__ == "__main__":
    sys.exit(main())
