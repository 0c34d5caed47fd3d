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

__all__ = ["Counted", "Explanation", "Factor", "Part", "Share", "decay", "explain"]
