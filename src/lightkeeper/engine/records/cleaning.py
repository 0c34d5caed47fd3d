"""One door to cleaning: the type of a property chooses the function."""

from collections.abc import Callable

from lightkeeper.engine.records.cleaned import Cleaned, Problem, Setting
from lightkeeper.engine.records.codes import (
    clean_basis,
    clean_country,
    clean_gender,
    clean_number,
    clean_topic,
)
from lightkeeper.engine.records.contact import (
    clean_email,
    clean_handle,
    clean_ip,
    clean_phone,
    clean_url,
)
from lightkeeper.engine.records.dates import clean_date
from lightkeeper.engine.records.identifiers import (
    clean_checksum,
    clean_identifier,
    clean_postcode,
    clean_vehicle,
)
from lightkeeper.engine.records.names import clean_name, clean_text

Cleaner = Callable[[str], Cleaned | Problem]

_PLAIN: dict[str, Cleaner] = {
    "name": clean_name,
    "email": clean_email,
    "url": clean_url,
    "ip": clean_ip,
    "handle": clean_handle,
    "identifier": clean_identifier,
    "postcode": clean_postcode,
    "vehicle": clean_vehicle,
    "country": clean_country,
    "basis": clean_basis,
    "gender": clean_gender,
    "number": clean_number,
    "topic": clean_topic,
    "string": clean_text,
    "text": clean_text,
    "address": clean_text,
    "entity": clean_text,
}


def cleaner_for(type: str, setting: Setting) -> Cleaner:
    """The function that cleans a value of a property type under a setting.

    Raises: KeyError for a type that is not in schemata.yaml.
    """
    if type == "date":
        return lambda text: clean_date(
            text, order=setting.date_order, year=setting.year, typed_date=setting.typed_date
        )
    if type == "phone":
        return lambda text: clean_phone(text, region=setting.region)
    if type == "postcode" and setting.region != "GB":
        return clean_text
    if type == "checksum":
        return lambda text: clean_checksum(text, scheme=setting.scheme)
    return _PLAIN[type]


def clean(type: str, text: str, setting: Setting) -> Cleaned | Problem:
    """The cleaned value of one text, or the problem with it."""
    return cleaner_for(type, setting)(text)
