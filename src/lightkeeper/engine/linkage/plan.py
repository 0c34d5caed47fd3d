"""What each column holds: the kinds, and the plan that says which columns are compared."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    MIDDLE_NAME = "middle_name"
    FULL_NAME = "full_name"
    BIRTH_DATE = "birth_date"
    BIRTH_YEAR = "birth_year"
    BIRTH_MONTH = "birth_month"
    BIRTH_DAY = "birth_day"
    POSTCODE = "postcode"
    PLACE = "place"
    ADDRESS = "address"
    OCCUPATION = "occupation"
    PHONE = "phone"
    EMAIL = "email"
    IDENTIFIER = "identifier"
    SEX = "sex"
    CATEGORY = "category"
    ORGANISATION_NAME = "organisation_name"
    REGISTRATION_NUMBER = "registration_number"
    DOMAIN = "domain"
    VEHICLE_MARK = "vehicle_mark"
    VIN = "vin"
    MAKE = "make"
    MODEL = "model"
    COLOUR = "colour"
    PLATFORM = "platform"
    HANDLE = "handle"
    DISPLAY_NAME = "display_name"
    FULL_ADDRESS = "full_address"
    DOOR = "door"
    STREET = "street"
    UPRN = "uprn"
    DOCUMENT_TYPE = "document_type"
    COUNTRY = "country"
    ISSUE_DATE = "issue_date"
    EXPIRY_DATE = "expiry_date"
    # What the given names may be short for: a level of the given name asks, and nothing else.
    NAME_ROOTS = "name_roots"
    # The words of a name that is no person's: they bring records together and are not compared.
    NAME_WORDS = "name_words"
    RECORD_ID = "record_id"
    SOURCE = "source"
    LEFT_OUT = "left_out"


class Subject(StrEnum):
    """What the records of a table speak of."""

    PERSON = "person"
    ORGANISATION = "organisation"
    VEHICLE = "vehicle"
    ACCOUNT = "account"
    ADDRESS = "address"
    DOCUMENT = "document"
    PHONE = "phone"

    @property
    def one(self) -> str:
        return f"one {self.value}"

    @property
    def two(self) -> str:
        return {"person": "two people", "address": "two addresses"}.get(
            self.value, f"two {self.value}s"
        )


NAME_KINDS = (Kind.GIVEN_NAME, Kind.FAMILY_NAME, Kind.MIDDLE_NAME, Kind.FULL_NAME)
DATE_KINDS = (Kind.BIRTH_DATE, Kind.BIRTH_YEAR, Kind.BIRTH_MONTH, Kind.BIRTH_DAY)
NOT_COMPARED = (Kind.RECORD_ID, Kind.SOURCE, Kind.LEFT_OUT)


@dataclass(frozen=True)
class PlannedColumn:
    """One column of the table, what it was taken for, and why."""

    name: str
    kind: Kind
    reason: str = ""


@dataclass(frozen=True)
class ComparisonPlan:
    """Every column of the table in its order, each with its kind, and what the records are of."""

    columns: tuple[PlannedColumn, ...]
    subject: Subject = Subject.PERSON

    def of(self, *kinds: Kind) -> tuple[str, ...]:
        """Names of the columns of these kinds, in the order of the table."""
        return tuple(column.name for column in self.columns if column.kind in kinds)

    @property
    def compared(self) -> tuple[PlannedColumn, ...]:
        return tuple(column for column in self.columns if column.kind not in NOT_COMPARED)


def plan_by_name(names: list[str], subject: Subject = Subject.PERSON) -> ComparisonPlan:
    """The plan of a table whose columns are named by kind; any other name is left out."""
    kinds = {kind.value: kind for kind in Kind}
    return ComparisonPlan(
        tuple(PlannedColumn(name, kinds.get(name, Kind.LEFT_OUT), "by its name") for name in names),
        subject,
    )
