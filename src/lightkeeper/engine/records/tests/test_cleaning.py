"""Cleaning: what is taken, what is refused, and the sentence that says so."""

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lightkeeper.engine.records import SCHEMATA, Cleaned, Problem, Setting, clean
from lightkeeper.engine.records.cleaning import cleaner_for
from lightkeeper.engine.records.identifiers import clean_checksum, known_schemes
from lightkeeper.engine.records.names import fold_name, says_nothing
from lightkeeper.testing.ending import must_end

YEAR = 2026
TYPES = sorted({p.type for k in SCHEMATA.kinds.values() for p in k.properties.values()})


def cleaned(type_: str, text: str, **setting: object) -> str:
    """The value, or the code of the problem in brackets."""
    found = clean(type_, text, Setting(YEAR, **setting))  # type: ignore[arg-type]
    return found.value if isinstance(found, Cleaned) else f"[{found.code}]"


def note(type_: str, text: str) -> str | None:
    found = clean(type_, text, Setting(YEAR))
    assert isinstance(found, Cleaned)
    return found.note


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1990-05-06", "1990-05-06"), ("1990-05", "1990-05"), ("1990", "1990"),
        ("06/05/1990", "1990-05-06"), ("6.5.1990", "1990-05-06"), ("6-5-1990", "1990-05-06"),
        ("06 05 1990", "1990-05-06"), ("19900506", "1990-05-06"), ("1990/05/06", "1990-05-06"),
        ("5 May 1990", "1990-05-05"), ("5th May, 1990", "1990-05-05"),
        ("Sat 5 May 1990", "1990-05-05"),
        ("05-MAY-1990", "1990-05-05"), ("May 5, 1990", "1990-05-05"), ("May 1990", "1990-05"),
        ("Sept 2001", "2001-09"), ("29/02/2024", "2024-02-29"), ("2027-01-01", "2027-01-01"),
        ("1990-05-06T14:30:00Z", "1990-05-06T14:30:00Z"),
        ("1990-05-06 14:30", "1990-05-06T14:30:00"),
        ("1990-05-06 00:00:00", "1990-05-06"), ("06/05/1990 14:30", "1990-05-06"),
        ("1990~", "1990"), ("1990-05-XX", "1990-05"),
        ("30/02/1990", "[DATE]"), ("00/00/1990", "[DATE]"), ("29/02/2023", "[DATE]"),
        ("1990-02-30", "[DATE]"), ("1990-13-01", "[DATE]"), ("soon", "[DATE]"),
        ("5 Mai 1990", "[DATE]"),
        ("1990-05-06T25:00:00", "[DATE]"), ("05/1990", "[DATE]"), ("33000", "[DATE]"),
        ("06/05/90", "[DATE-YEAR]"), ("5 May 90", "[DATE-YEAR]"), ("01/01/1499", "[DATE-YEAR]"),
        ("01/01/2028", "[DATE-YEAR]"), ("01/01/10000", "[DATE-YEAR]"),
        ("0000-00-00", "[DATE-YEAR]"),
        ("12/31/1990", "[DATE-ORDER]"),
    ],
)  # fmt: skip
def test_a_date_is_made_iso_or_refused(text, value):
    assert cleaned("date", text) == value


@pytest.mark.parametrize(
    ("order", "value"), [("dmy", "1990-05-04"), ("mdy", "1990-04-05"), ("ymd", "[DATE-YEAR]")]
)
def test_three_numbers_are_read_in_the_stated_order_and_no_other(order, value):
    assert cleaned("date", "04/05/1990", date_order=order) == value


def test_a_day_number_is_a_date_only_where_the_column_is_said_to_hold_them():
    assert cleaned("date", "32999") == "[DATE]"
    assert cleaned("date", "32999", typed_date=True) == "1990-05-06"


@given(st.dates(min_value=date(1500, 1, 1)).filter(lambda d: d.year <= 2027))
def test_every_day_reads_the_same_in_every_way_of_writing_it(day):
    for written in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%B %d, %Y", "%Y%m%d"):
        assert cleaned("date", day.strftime(written)) == day.isoformat()


@given(st.sampled_from(TYPES),
       st.text(max_size=60))  # fmt: skip
def test_any_text_is_cleaned_or_refused_with_a_sentence(type_, text):
    found = cleaner_for(type_, Setting(YEAR, scheme="nhs"))(text)
    assert isinstance(found, Cleaned) or (isinstance(found, Problem) and found.sentence)


@pytest.mark.parametrize("type_", ["name", "email", "postcode", "identifier", "vehicle", "date",
                                   "phone", "country", "gender", "topic", "number",
                                   "ip"])  # fmt: skip
@given(text=st.text(max_size=30))
@settings(max_examples=500)
@example(text="—")
def test_cleaning_twice_is_cleaning_once(type_, text):
    once = clean(type_, text, Setting(YEAR))
    if isinstance(once, Cleaned):
        again = clean(type_, once.value, Setting(YEAR))
        assert isinstance(again, Cleaned)
        assert again.value == once.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("07700 900123", "+447700900123"), ("+44 (0)7700 900123", "+447700900123"),
        ("0044 7700-900123", "+447700900123"), ("020 7946 0000", "+442079460000"),
        ("+33 1 23 45 67 89", "+33123456789"), ("123", "[PHONE]"), ("call me", "[PHONE]"),
        ("07700 9001234567", "[PHONE]"),
    ],
)  # fmt: skip
def test_a_telephone_number_is_written_with_its_country(text, value):
    assert cleaned("phone", text) == value


def test_a_number_without_plus_is_read_in_the_stated_region():
    assert cleaned("phone", "01 23 45 67 89", region="FR") == "+33123456789"


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("postcode", "sw1a1aa", "SW1A 1AA"), ("postcode", "M1  1AE", "M1 1AE"),
        ("postcode", "gir 0aa", "GIR 0AA"), ("postcode", "SW1A", "SW1A"),
        ("postcode", "75001", "[POSTCODE]"), ("postcode", "SW1A 1AO", "[POSTCODE]"),
        ("email", " Ada@Example.ORG ", "ada@example.org"),
        ("email", "<ada@example.org>", "ada@example.org"),
        ("email", "ada@@example.org", "[EMAIL]"), ("email", "ada@example", "[EMAIL]"),
        ("email", "a b@example.org", "[EMAIL]"), ("email", "a@x..org", "[EMAIL]"),
        ("identifier", "ab-12 34/c", "AB1234C"), ("identifier", "000123", "000123"),
        ("identifier", " - ", "-"), ("identifier", "", "[IDENTIFIER]"),
        ("vehicle", "ab12 cde", "AB12CDE"), ("vehicle", "!", "[VEHICLE]"),
        ("ip", "192.0.2.1", "192.0.2.1"), ("ip", "2001:DB8::0:1", "2001:db8::1"),
        ("ip", "1.2.3", "[IP]"),
        ("url", "Example.org/a?b#c", "https://example.org/a?b#c"),
        ("url", "http://1.2.3.4:80/x", "http://1.2.3.4:80/x"),
        ("url", "javascript:alert(1)", "[URL]"), ("url", "not a page", "[URL]"),
        ("url", "http://[x", "[URL]"),
        ("country", "GB", "gb"), ("country", "United Kingdom", "gb"), ("country", "uk", "gb"),
        ("country", "Côte d’Ivoire", "ci"), ("country", "the Netherlands", "nl"),
        ("country", "no", "no"),
        ("country", "gb-nir", "gb-nir"), ("country", "Atlantis", "[COUNTRY]"),
        ("gender", "M", "male"), ("gender", "Female", "female"), ("gender", "Non-binary", "other"),
        ("gender", "9", "[GENDER]"), ("basis", "Fact", "FACT"), ("basis", "hearsay", "REPORTED"),
        ("basis", "o", "OPINION"), ("basis", "rumour?", "[BASIS]"),
        ("topic", "Child Victim", "child-victim"),
        ("topic", "?", "[TOPIC]"),
        ("number", "1,234.50", "1234.5"), ("number", "£20", "20"), ("number", "1e3", "1000"),
        ("number", "1,23", "[NUMBER]"), ("number", "NaN", "[NUMBER]"),
        ("number", "1e999999", "[NUMBER]"),
        ("handle", "@Ada_L", "ada_l"), ("handle", "two words", "[HANDLE]"),
        ("name", "  Ada   Lovelace ", "Ada Lovelace"), ("name", "ﬁona", "fiona"),
        ("name", "O’Neill", "O'Neill"), ("name", "ＡＤＡ", "ADA"), ("name", "---", "[NAME]"),
        ("name", "—", "[NAME]"), ("name", "Rene\u200b\u0301", "René"),
        ("name", "\u200b", "[NAME]"), ("name", "A" * 300, "A" * 300), ("name", "A" * 301, "[NAME]"),
        ("name", "Cher", "Cher"), ("name", "李小龍", "李小龍"),
    ],
)  # fmt: skip
def test_a_value_is_cleaned_by_its_type(type_, text, value):
    assert cleaned(type_, text) == value


@pytest.mark.parametrize(
    ("type_", "text", "says"),
    [
        ("name", "A\u202eda", "hidden characters were left out"),
        ("name", "Аda", "mixed scripts (Cyrillic and Latin)"),
        ("date", "1990", "only the year"), ("postcode", "SW1A", "first half"),
        ("phone", "01632 960001", "not in a range"), ("vehicle", "1234-XY-5", "not in a UK form"),
        ("identifier", "1.23E+11", "shortened"), ("ip", "10.0.0.1", "not an address on the public"),
        ("url", "http://me:pw@example.org/", "user name"),
    ],
)  # fmt: skip
def test_what_is_odd_but_kept_is_said(type_, text, says):
    assert says in (note(type_, text) or "")


def test_a_postcode_of_another_region_is_kept_as_it_stands():
    assert cleaned("postcode", " 76135 ", region="DE") == "76135"


@pytest.mark.parametrize(
    ("scheme", "good", "bad"),
    [
        ("nhs", "943 476 5870", "943 476 5871"), ("imei", "49-015420-323751-8", "490154203237517"),
        ("iban", "GB82 WEST 1234 5698 7654 32", "GB83WEST12345698765432"),
        ("luhn", "79927398713", "79927398710"),
        ("upn", "B801200005001", "A801200005001"),
    ],
)  # fmt: skip
def test_check_digits_are_checked(scheme, good, bad):
    assert isinstance(clean_checksum(good, scheme=scheme), Cleaned)
    problem = clean_checksum(bad, scheme=scheme)
    assert isinstance(problem, Problem)
    assert problem.code == "CHECKSUM"
    assert scheme in known_schemes()


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Élodie O'Neill-Smith", "elodie oneill smith"), ("ŁUKASZ", "lukasz"), ("Мария", "mariya"),
        ("Jürgen Groß", "jurgen gross"), ("a\u200bda", "ada"), ("", ""),
    ],
)  # fmt: skip
def test_names_fold_to_latin_letters_and_single_spaces(text, folded):
    assert fold_name(text) == folded


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold_name(fold_name(text)) == fold_name(text)


def test_words_that_say_nothing_are_known():
    assert all(map(says_nothing, ["", " ", "N/A", "unknown", "-", "Not Known"]))
    assert not any(map(says_nothing, ["Ada", "0", "Noone"]))


@pytest.mark.parametrize(
    "text",
    ["a" + " " * 90_000 + "b", "e\u0301" * 45_000, *(c * 90_000 for c in ("1", "a.", "=", "@"))],
)
@pytest.mark.parametrize("type_", TYPES)
def test_no_text_is_cleaned_for_ever(type_, text):
    with must_end():
        cleaner_for(type_, Setting(YEAR, scheme="nhs"))(text)
