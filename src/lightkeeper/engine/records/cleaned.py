"""What cleaning a value gives: the value to work with, or what is wrong with it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A value to search and compare by; the original stays with the caller.

    `note` says, for a person, what was changed or looks odd.
    """

    value: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a value cannot be taken, and what to do. `code` is for the machine."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Setting:
    """What cleaning must be told: nothing is read from a clock or a setting.

    `year` is the latest year a date may have, less one (the year of receipt); `date_order` is
    dmy, mdy or ymd, for dates written with three numbers; `region` is for numbers without +.
    """

    year: int
    date_order: str = "dmy"
    region: str = "GB"
    scheme: str = ""
    typed_date: bool = False
