"""What was measured as a table to read and as plain data to keep."""

from collections.abc import Iterator
from typing import Any

US = "ours"
Run = dict[str, Any]
COLUMNS = (
    ("tool", 26), ("P", 7), ("R", 7), ("F1", 7), ("B3", 7), ("best F1", 8), ("B3", 7),
    ("load", 8), ("train", 8), ("predict", 8), ("cluster", 8), ("all s", 8), ("CPU s", 8),
    ("MB", 7),
)  # fmt: skip
RATIOS = (("F1", 7), ("B3", 7), ("best F1", 8), ("all s", 8), ("CPU s", 8), ("MB", 7))


def with_ratios(runs: list[Run]) -> list[Run]:
    """Each run with ours divided by it, where both ended; None where it had nothing."""
    us = next((run for run in runs if run["tool"] == US and not run.get("failed")), None)
    if us is None:
        return runs
    ours = _figures(us)
    return [
        run if run.get("failed") or run["tool"] == US else {
            **run, "ours_to_it": {
                name: ours[name] / value if value and ours[name] is not None else None
                for name, value in _figures(run).items()
            },
        }
        for run in runs
    ]  # fmt: skip


def _figures(run: Run) -> dict[str, float | None]:
    best = run["best"] or {"f1": None}
    return {
        "f1": run["default"]["f1"], "b3_f1": run["default"]["b3_f1"], "best_f1": best["f1"],
        "seconds": run["seconds"]["total"], "cpu_seconds": run["cpu_seconds"],
        "peak_mb": run["peak_mb"],
    }  # fmt: skip


def lines_of(about: dict[str, Any], runs: list[Run]) -> Iterator[str]:
    """The table of one set, then ours divided by each peer."""
    yield ""
    yield f"{about['name']}: {about['records']:,} records, {about['subjects']:,} subjects"
    yield _row(COLUMNS, [name for name, _ in COLUMNS])
    for run in runs:
        name = f"{run['tool']} {run['setting']}".strip()
        yield (
            f"{name:26} {run['failed']}" if run.get("failed") else _row(COLUMNS, _cells(name, run))
        )
    if any("ours_to_it" in run for run in runs):
        yield "ours divided by"
        yield _row((("", 26), *RATIOS), ["", *(name for name, _ in RATIOS)])
    for run in runs:
        if "ours_to_it" in run:
            name = f"{run['tool']} {run['setting']}".strip()
            cells = [_number(value, 3) for value in run["ours_to_it"].values()]
            yield _row((("", 26), *RATIOS), [name, *cells])


def _cells(name: str, run: Run) -> list[str]:
    default, best, seconds = run["default"], run["best"] or {}, run["seconds"]
    shares = [default["precision"], default["recall"], default["f1"], default["b3_f1"],
              best.get("f1"), best.get("b3_f1")]  # fmt: skip
    times = [seconds[stage] for stage in ("load", "train", "predict", "cluster", "total")]
    return [
        name, *(_number(share, 4) for share in shares),
        *(_number(value, 1) for value in (*times, run["cpu_seconds"])), f"{run['peak_mb']:.0f}",
    ]  # fmt: skip


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _row(columns: tuple[tuple[str, int], ...], cells: list[str]) -> str:
    first, *others = zip(columns, cells, strict=True)
    return f"{first[1]:{first[0][1]}}" + "".join(f"{cell:>{width}}" for (_, width), cell in others)
