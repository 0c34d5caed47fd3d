"""The README that stands beside a nation's files."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from lightkeeper.engine.synthetic.nation.measures import SIGMAS
from lightkeeper.engine.synthetic.nation.world import World
from lightkeeper.engine.synthetic.persons import TODAY


def describe(
    world: World, rows: Mapping[str, int], calibration: Sequence[Mapping[str, Any]]
) -> str:
    """The text of the README."""
    text = files(__package__).joinpath("about.txt").read_text(encoding="utf-8")
    return text.format(
        people=world.people, seed=world.seed, today=TODAY, sigmas=SIGMAS,
        rows="\n".join(f"| `{name}` | {many:,} |" for name, many in sorted(rows.items())),
        calibration="\n".join(
            f"| {one['figure']} | {one['source']} | {one['expected']:,} | {one['generated']:,} "
            f"| {one['allowed']:,} | {'' if one['within'] else 'farther than chance'} |"
            for one in calibration
        ),
    )  # fmt: skip
