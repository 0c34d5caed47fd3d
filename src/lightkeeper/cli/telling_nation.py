"""A small nation beside the story, so that its people are not alone in the picture."""

from pathlib import Path
from typing import Any

from lightkeeper.engine.synthetic.nation.part import write_feeds
from lightkeeper.engine.synthetic.persons import read_words


def nation_beside(told: dict[str, Any], folder: Path) -> list[dict[str, Any]]:
    """Write the feeds that `nation` of `story.yaml` names to a folder. Returns its files, each with
    the folder; the same bytes at every start, so that intake knows them again.
    """
    feeds = {one["feed"]: one["file"] for one in told["files"]}
    places = read_words("population.yaml")["towns"]
    write_feeds(told["people"], told["seed"], folder, feeds, places)
    return [one | {"folder": folder} for one in told["files"]]
