"""What each column of a file most likely holds, from its header and its values, and why."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import pyarrow as pa

from lightkeeper.engine.errors import MappingError
from lightkeeper.engine.linkage.plain import words
from lightkeeper.engine.linkage.plan import (
    NOT_COMPARED,
    ComparisonPlan,
    Kind,
    PlannedColumn,
    Subject,
)
from lightkeeper.engine.linkage.prepare import texts_of
from lightkeeper.engine.linkage.standardise import FEMALE, MALE, standardise
from lightkeeper.engine.linkage.subjects import subject_kinds

HEADERS: dict[Kind, str] = {
    Kind.GIVEN_NAME: "given_name given_names first_name forename forenames fname first givenname "
    "firstname christian_name prename vorname prenom",
    Kind.FAMILY_NAME: "family_name surname last_name lname lastname familyname second_name sname "
    "nachname nom",
    Kind.MIDDLE_NAME: "middle_name middle middle_names mname middlename middle_initial",
    Kind.FULL_NAME: "full_name name fullname first_and_surname person_name display_name alias "
    "aliases known_as aka",
    Kind.BIRTH_DATE: "birth_date date_of_birth dob birthdate birth_day_date born born_on birthday "
    "d_o_b geburtsdatum",
    Kind.BIRTH_YEAR: "birth_year by yob year_of_birth birthyear",
    Kind.BIRTH_MONTH: "birth_month bm mob month_of_birth birthmonth",
    Kind.BIRTH_DAY: "birth_day bd day_of_birth birthday_day",
    Kind.POSTCODE: "postcode post_code postal_code zip zipcode zip_code plz pcode",
    Kind.PLACE: "place city town suburb birth_place place_of_birth birthplace locality village",
    Kind.ADDRESS: "address address_1 address_2 address_3 address1 address2 street street_name "
    "address_line_1 address_line_2 home_address",
    Kind.OCCUPATION: "occupation job profession job_title employment",
    Kind.PHONE: "phone telephone mobile phone_number telephone_number mobile_number tel msisdn "
    "cell landline",
    Kind.EMAIL: "email e_mail email_address mail",
    Kind.IDENTIFIER: "identifier soc_sec_id ssn social_security_number national_insurance_number "
    "nino ni_number nhs_number passport passport_number national_id driving_licence vrm "
    "registration_plate handle username account pnc_id upn",
    Kind.SEX: "sex gender",
    Kind.CATEGORY: "street_number house_number state county country nationality region ethnicity "
    "district religion",
    Kind.RECORD_ID: "record_id unique_id id rec_id uid row_id recordid row_number",
    Kind.SOURCE: "source source_dataset dataset",
    Kind.LEFT_OUT: "cluster cluster_id person_id entity_id ent_id subject_id truth label "
    "event_id title notes note comment comments description created_at updated_at",
}
KIND_OF = {header: kind for kind, headers in HEADERS.items() for header in headers.split()}
_ENDINGS = re.compile(r"_?(fake|c\d|clean|std|raw|orig|norm|\d)$")
_POSTCODE = re.compile(r"[a-z]{1,2}\d[a-z\d]?\d[a-z]{2}")
_PHONE = re.compile(r"\+?[\d\s().-]{9,18}")
SAMPLE = 5000


def propose(
    table: pa.Table, *, truth: str | None = None, subject: Subject = Subject.PERSON
) -> ComparisonPlan:
    """A kind for every column. The truth column, ids, free text and what is not compared for such
    a subject are left out.
    """
    columns = [_propose_column(table, name, truth, subject) for name in table.column_names]
    return ComparisonPlan(tuple(_without_repeats(table, _one_record_id(columns))), subject)


def plan_from(
    table: pa.Table,
    kinds: Mapping[str, str],
    *,
    truth: str | None = None,
    subject: Subject = Subject.PERSON,
) -> ComparisonPlan:
    """The plan that a mapping of headers to kinds asks for; other columns are left out.

    Raises: MappingError for a header the table lacks or a kind there is not.
    """
    for header, kind in kinds.items():
        if header not in table.column_names:
            raise MappingError(f"columns.{header}: the file has no column of this name.")
        if kind not in [k.value for k in Kind]:
            raise MappingError(
                f"columns.{header}: there is no kind {kind}. Kinds: {', '.join(Kind)}."
            )
    return ComparisonPlan(
        tuple(
            PlannedColumn(name, Kind(kinds[name]), "by the mapping")
            if name in kinds and name != truth
            else PlannedColumn(name, Kind.LEFT_OUT, "not in the mapping")
            for name in table.column_names
        ),
        subject,
    )


def _propose_column(
    table: pa.Table, name: str, truth: str | None, subject: Subject
) -> PlannedColumn:
    if name == truth:
        return PlannedColumn(name, Kind.LEFT_OUT, "it is the truth to measure against")
    texts = [text for row in texts_of(table[name].slice(0, SAMPLE)) for text in row]
    texts = [text for text in texts if words(text)]
    if not texts:
        return PlannedColumn(name, Kind.LEFT_OUT, "it is empty")
    kind = _by_header(name, subject)
    found = _by_values(name, texts) if kind is None else _checked(name, kind, texts)
    if found.kind in subject_kinds()[subject].compares or found.kind in NOT_COMPARED:
        return found
    taken, of = found.kind.replace("_", " "), subject.value
    return PlannedColumn(name, Kind.LEFT_OUT, f"a record of kind {of} is not compared on {taken}")


def _by_header(name: str, subject: Subject) -> Kind | None:
    own = subject_kinds()[subject].headings
    plain = (words(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)) or "").replace(" ", "_")
    for header in (plain, _ENDINGS.sub("", plain), _ENDINGS.sub("", _ENDINGS.sub("", plain))):
        if header.replace("_", " ") in own:
            return own[header.replace("_", " ")]
        if header in KIND_OF:
            return KIND_OF[header]
    return Kind.LEFT_OUT if plain.endswith("_id") or plain.endswith("_at") else None


def _checked(name: str, kind: Kind, texts: Sequence[str]) -> PlannedColumn:
    """The header's word is taken, unless the values cannot be of that kind."""
    must_read = (Kind.BIRTH_DATE, Kind.EMAIL, Kind.PHONE)
    if kind in must_read and _part(texts, lambda t: standardise(kind, t) is not None) < 0.3:
        return PlannedColumn(
            name, Kind.LEFT_OUT, f"few of its values read as {kind.value.replace('_', ' ')}"
        )
    return PlannedColumn(name, kind, "by its header")


def _by_values(name: str, texts: Sequence[str]) -> PlannedColumn:
    plain = [words(text) or "" for text in texts]
    if _part(texts, lambda t: standardise(Kind.EMAIL, t) is not None) > 0.7:
        return PlannedColumn(name, Kind.EMAIL, "its values are e-mail addresses")
    if _part(plain, lambda t: bool(_POSTCODE.fullmatch(t.replace(" ", "")))) > 0.7:
        return PlannedColumn(name, Kind.POSTCODE, "its values are postcodes")
    if set(plain) <= FEMALE | MALE:
        return PlannedColumn(name, Kind.SEX, "its values say female or male")
    if _part(texts, lambda t: standardise(Kind.BIRTH_DATE, t) is not None) > 0.7:
        return PlannedColumn(name, Kind.LEFT_OUT, "it holds dates that may not be of birth")
    if _part(texts, lambda t: bool(_PHONE.fullmatch(t.strip())) and t.strip()[0] in "+0") > 0.7:
        return PlannedColumn(name, Kind.PHONE, "its values are phone numbers")
    distinct = len(set(plain)) / len(plain)
    if sum(len(text.split()) for text in plain) / len(plain) > 5:
        return PlannedColumn(name, Kind.LEFT_OUT, "it is free text")
    if distinct > 0.95 and len(plain) > 20:
        return PlannedColumn(name, Kind.LEFT_OUT, "nearly every value is its own")
    if len(set(plain)) == 1:
        return PlannedColumn(name, Kind.LEFT_OUT, "it has one value only")
    if distinct <= 0.5:
        return PlannedColumn(name, Kind.CATEGORY, "its values recur")
    return PlannedColumn(name, Kind.LEFT_OUT, "neither header nor values say what it is")


def _part(texts: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(1 for text in texts if test(text)) / len(texts)


def _one_record_id(columns: Iterable[PlannedColumn]) -> Iterable[PlannedColumn]:
    """The first column of ids names the records; others are left out."""
    named = False
    for column in columns:
        if column.kind is Kind.RECORD_ID and named:
            column = PlannedColumn(column.name, Kind.LEFT_OUT, "another column names the records")
        named = named or column.kind is Kind.RECORD_ID
        yield column


def _without_repeats(table: pa.Table, columns: Iterable[PlannedColumn]) -> list[PlannedColumn]:
    """Of several full names the longest is kept: the others say the same in fewer words."""
    planned = list(columns)
    full = [column for column in planned if column.kind is Kind.FULL_NAME]
    full = [column for column in full if not pa.types.is_list(table.schema.field(column.name).type)]
    if len(full) < 2 or any("alias" in column.name or "aka" in column.name for column in full):
        return planned
    richest = max(full, key=lambda column: _words_in(table, column.name))
    return [
        replace(column, kind=Kind.LEFT_OUT, reason=f"it repeats {richest.name}")
        if column in full and column != richest
        else column
        for column in planned
    ]


def _words_in(table: pa.Table, name: str) -> int:
    return sum(len(text.split()) for row in texts_of(table[name].slice(0, SAMPLE)) for text in row)
