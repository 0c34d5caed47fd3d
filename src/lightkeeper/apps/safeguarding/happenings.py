"""What safeguarding announces to the apps above, inside the transaction of the change."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ConsiderationDecided:
    """Somebody decided what a child needs, in what `about` names."""

    reference: str
    about: str
    at: datetime
