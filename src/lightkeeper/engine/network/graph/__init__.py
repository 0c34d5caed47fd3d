"""A graph of records and shared things on disk, walked over what one viewer may see."""

from lightkeeper.engine.network.graph.explain import Explanation, Hop, Tie
from lightkeeper.engine.network.graph.graph import Graph
from lightkeeper.engine.network.graph.nearby import Narrowed, Neighbourhood
from lightkeeper.engine.network.graph.paths import Path, Paths
from lightkeeper.engine.network.graph.weighing import Part, Weighing
from lightkeeper.engine.network.graph.whole import InSight
from lightkeeper.engine.network.graph.writing import Updated

__all__ = [
    "Explanation", "Graph", "Hop", "InSight", "Narrowed", "Neighbourhood", "Part", "Path", "Paths",
    "Tie", "Updated", "Weighing",
]  # fmt: skip
