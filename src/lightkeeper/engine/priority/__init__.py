"""Who comes first, and why: named reasons that add up, with confidence apart from harm."""

from lightkeeper.engine.priority.explaining import (
    Counted,
    Explanation,
    Factor,
    Part,
    Share,
    decay,
    explain,
)
from lightkeeper.engine.priority.saying import Said
from lightkeeper.engine.priority.standing import Place, Standing, ranked, stand
from lightkeeper.engine.priority.weights import Weight, Weights, delivered_weights, read_weights

__all__ = [
    "Counted", "Explanation", "Factor", "Part", "Place", "Said", "Share", "Standing", "Weight",
    "Weights", "decay", "delivered_weights", "explain", "ranked", "read_weights", "stand",
]  # fmt: skip
