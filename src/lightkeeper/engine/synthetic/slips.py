"""Errors of the kind that clerks, callers and forms make."""

from dataclasses import dataclass
from datetime import date
from random import Random

from anyascii import anyascii


@dataclass(frozen=True)
class Slips:
    """Makes mistakes at given odds, from a seeded chance."""

    chance: Random
    odds: float = 0.14

    def name(self, name: str) -> str:
        """A name, now and then with a letter dropped, doubled or two changed about; accents are
        lost as often as kept.
        """
        if not name.isascii() and self.chance.random() < 0.5:
            name = anyascii(name)
        if len(name) < 4 or self.chance.random() > self.odds:
            return name
        at = self.chance.randint(1, len(name) - 2)
        return self.chance.choice(
            [
                name[:at] + name[at + 1 :],
                name[:at] + name[at] + name[at:],
                name[:at] + name[at + 1] + name[at] + name[at + 2 :],
                name.upper(),
            ]
        )

    def day(self, day: date, form: str) -> str:
        """A birth date: now and then missing, a year out, or with day and month changed about."""
        luck = self.chance.random()
        if luck < 0.1:
            return ""
        if luck < 0.16 and day.day <= 12:
            day = date(day.year, day.day, day.month)
        elif luck < 0.19:
            day = day.replace(year=day.year - 1, day=min(day.day, 28))
        return day.strftime(form)

    def blank(self, value: str, odds: float) -> str:
        """The value, or nothing at these odds."""
        return "" if self.chance.random() < odds else value
