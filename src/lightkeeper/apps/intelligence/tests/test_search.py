"""Who is found by what is typed, and what must not be read."""

import pytest
from django.db import connection

from lightkeeper.apps.intelligence import queries
from lightkeeper.apps.intelligence.models import SearchKey
from lightkeeper.apps.intelligence.queries import finding
from lightkeeper.apps.intelligence.tests.arranging import VICTOR, as_now, enter, person
from lightkeeper.core.errors import Refused
from lightkeeper.testing.cast import HUB

VICTOR_MORE = VICTOR | {"postcode": ["LS1 4AB"], "email": ["vb@mail.example"],
                        "passportNumber": ["PX123456"], "alias": ["Vic the Boat"]}  # fmt: skip
OTHERS = [
    person("Mary", "Stone", "1990-01-02"),
    person("Victoria", "Brand", "1985-09-19"),
    person("Walter", "Brandon", "1979-12-30"),
    person("Ella-May", "O'Connor", "2011-08-07"),
    person("Mohammed", "Hussain", "1984-05-06"),
    person("Siân", "Llewellyn", "1972-10-11"),
]


@pytest.fixture
def ada(rolled_back, as_):
    enter(as_("ben"), [VICTOR_MORE, *OTHERS], released_to=[HUB])
    return as_("ada")


def first(actor, text):
    found = queries.find(as_now(actor), text)
    return found[0].caption if found else None


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Victor Brandt", "Victor Brandt"),
        ("victor brandt", "Victor Brandt"),
        ("Brandt, Victor", "Victor Brandt"),
        ("Viktor Brant", "Victor Brandt"),
        ("Vicktor Brandtt", "Victor Brandt"),
        ("V Brandt", "Victor Brandt"),
        ("Brandt", "Victor Brandt"),
        ("Vic Brandt", "Victor Brandt"),
        ("3 April 1979", "Victor Brandt"),
        ("03/04/1979", "Victor Brandt"),
        ("Brandt 04/03/1979", "Victor Brandt"),
        ("1979-03-04", "Victor Brandt"),
        ("Brandt 1979-04-30", "Victor Brandt"),
        ("07700 900123", "Victor Brandt"),
        ("+44 7700 900123", "Victor Brandt"),
        ("LS1 4AB", "Victor Brandt"),
        ("ls14ab", "Victor Brandt"),
        ("vb@mail.example", "Victor Brandt"),
        ("PX123456", "Victor Brandt"),
        ("Ella May OConnor", "Ella-May O'Connor"),
        ("o'connor ella", "Ella-May O'Connor"),
        ("Mohamed Husain", "Mohammed Hussain"),
        ("Muhammad Hussein", "Mohammed Hussain"),
        ("Sian Llewelyn", "Siân Llewellyn"),
        ("Lewellyn", "Siân Llewellyn"),
    ],
)
def test_people_are_found_despite_spelling_order_and_swapped_dates(ada, text, who):
    assert first(ada, text) == who


def test_the_reason_stands_beside_what_was_found(ada):
    [found] = queries.find(as_now(ada), "Viktor Brandt 1979-03-04")[:1]
    assert any("one letter from viktor" in reason for reason in found.reasons)
    assert "born 1979-04-03: day and month look swapped" in found.reasons


def test_a_reference_that_is_pasted_leads_to_its_subject(ada):
    [victor] = queries.find(as_now(ada), "Victor Brandt")[:1]
    record = victor.records[0]
    for text in (record.reference, victor.reference, record.reference.lower()):
        assert [one.reference for one in queries.find(as_now(ada), text)] == [victor.reference]


@pytest.mark.parametrize("text", ["", "   ", "?!", "Zebedee Quux", "01632 960999", "%' or 1=1 --"])
def test_what_is_not_there_is_not_found(ada, text):
    assert queries.find(as_now(ada), text) == []


def test_a_search_of_more_than_200_characters_is_refused_with_a_way_on(ada):
    with pytest.raises(Refused, match="this has 201"):
        queries.find(ada, "x" * 201)


def test_results_can_be_narrowed_to_a_kind(ada, as_):
    enter(as_("ben"), [{"name": ["Brandt Haulage"]}], kind="Company", released_to=[HUB])
    ada = as_now(as_("ada"))
    assert {one.kind for one in queries.search(ada, "Brandt").found} == {"Person", "Company"}
    assert {one.kind for one in queries.search(ada, "Brandt", kind="Company").found} == {"Company"}


def test_what_is_not_shared_is_not_found(ada, as_):
    lena = as_("lena")
    assert queries.find(lena, "Victor Brandt") == []
    assert finding.candidates(lena, "Victor Brandt") == []


def test_keys_of_hidden_records_are_not_even_read(ada, as_):
    """The index is led by the label: a hidden row costs what an absent one costs."""
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        given = {
            "keys": [1], "weights": [1.0], "readable": sorted(as_("lena").readable), "most": 10,
            "candidates": 10, "weighed": 10,
        }  # fmt: skip
        cursor.execute("explain (analyze, format text) " + finding.FIND, given)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    reading = plan.split("intelligence_searchkey s ", 1)[1].split("\n", 2)[1]
    assert "bucket_id = ANY" in reading
    assert "key = " in reading


def test_doing_it_twice_adds_no_key(ada, as_):
    from lightkeeper.apps.intelligence.services.deriving import derive
    from lightkeeper.apps.intelligence.tests.arranging import NOON

    ben = as_now(as_("ben"))
    keys = SearchKey.objects.visible_to(ben)
    before = keys.count()
    derive(list(keys.values_list("record_id", flat=True).distinct()), NOON)
    assert keys.count() == before > 20


def test_a_common_name_does_not_drown_a_rare_one(rolled_back, as_, monkeypatch):
    monkeypatch.setattr(finding, "MOST_OF_A_KEY", 5)
    crowd = [person("John", "Smith", f"19{50 + n}-01-0{1 + n % 9}") for n in range(30)]
    enter(as_("ben"), [*crowd, person("John", "Quenby", "1979-05-06")], released_to=[HUB])
    ada = as_now(as_("ada"))
    assert first(ada, "John Quenby") == "John Quenby"
    assert first(ada, "Quenby John 1979") == "John Quenby"
    found = queries.find(ada, "John Smith 1970-01-03")
    assert found[0].records[0].properties["birthDate"] == ["1970-01-03"]
