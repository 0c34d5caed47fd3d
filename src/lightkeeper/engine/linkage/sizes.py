"""Which blocks bring two sayings together."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Of how many sayings a block may be: `telling` if it is of two telling clues, else `block`.

    `twice`: two sayings are compared if they share two blocks, or one that tells enough: of one
    clue alone, or of two telling ones. Without it any one will do.
    """

    block: int
    telling: int
    twice: bool = False

    @property
    def least(self) -> int:
        """How many blocks two must share of which none tells enough."""
        return 2 if self.twice else 1


def up_to(size: int) -> Sizes:
    """Blocks of up to so many, whatever they are of."""
    return Sizes(size, size)
