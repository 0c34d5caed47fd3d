"""Who somebody is does not move a rank; what differs by it is told to those who look."""

import json
from dataclasses import asdict, fields
from datetime import date
from importlib.resources import files

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.engine.errors import FormatError, MappingError, ShapeError
from lightkeeper.engine.priority.disparity import NOT_SAID, disparity, first_of
from lightkeeper.engine.priority.networks import Membership, stand_network
from lightkeeper.engine.priority.reading import READ, Reading, said_in, said_of_all, said_of_meeting
from lightkeeper.engine.priority.refusing import refusal_of, refused_words
from lightkeeper.engine.priority.saying import Said
from lightkeeper.engine.priority.standing import ranked, stand
from lightkeeper.engine.priority.tests.making import CODES, NAMES, TODAY, WEIGHTS
from lightkeeper.engine.records import Grading

TRUST = yaml.safe_load(
    files("lightkeeper.engine.records").joinpath("gradings.yaml").read_text("utf-8")
)["reliability"]
READING = Reading(TRUST)
WHO = (
    "firstName", "lastName", "middleName", "name", "alias", "birthDate", "gender", "sex",
    "ethnicity", "religion", "nationality", "citizenship", "country", "birthPlace", "language",
    "address", "postcode", "phone", "email", "school", "occupation", "maritalStatus", "disability",
    "sexualOrientation", "pregnant", "genderReassignment", "idNumber", "notes", "lookedAfter",
)  # fmt: skip
TEXTS = st.lists(st.text(max_size=6), max_size=2)
WHOEVER = st.dictionaries(st.sampled_from(WHO), TEXTS, max_size=len(WHO))
DAY = st.dates(date(2024, 1, 1), TODAY).map(date.isoformat)
GRADES = st.none() | st.builds(
    Grading, st.just("3x5x2"), st.sampled_from("123"), st.sampled_from("ABCDE")
)
HARMFUL = st.tuples(
    st.sampled_from(["p1", "p2", "p3", "p4"]),
    st.fixed_dictionaries(
        {
            "harms": st.lists(st.sampled_from(CODES), max_size=2),
            "heardFrom": st.lists(st.sampled_from(NAMES), max_size=1),
            "happenedOn": DAY.map(lambda day: [day]),
            "knownOn": DAY.map(lambda day: [day]),
        }
    ),
    GRADES,
)


def whole_list(records) -> str:
    """The list of people, and that of the network that all of them are, to the last byte."""
    said = said_of_all(records, READING)
    places = ranked({key: stand(found, WEIGHTS, TODAY) for key, found in said.items()})
    members = [Membership(key, date.min, date.min) for key in said]
    network = stand_network([], said, members, WEIGHTS, TODAY)
    return json.dumps(
        [[asdict(place) for place in places], asdict(network)], default=str, sort_keys=True
    )


@given(st.lists(HARMFUL, max_size=8), st.data())
def test_whoever_somebody_is_said_to_be_the_list_is_the_same_to_the_byte(records, data) -> None:
    numbered = [
        (key, {**said, "reference": [f"REC-{at}"]}, grading)
        for at, (key, said, grading) in enumerate(records)
    ]
    one, other = (
        [(key, {**data.draw(WHOEVER), **said}, grading) for key, said, grading in numbered]
        for _ in range(2)
    )
    assert whole_list(one) == whole_list(other) == whole_list(numbered)


def test_a_harm_does_move_the_list() -> None:
    """So that the law above is not true of a list that nothing moves."""
    record = {"harms": ["grooming"], "reference": ["REC-1"], "knownOn": ["2026-03-02"]}
    grade = Grading("3x5x2", "1", "A")
    lists = {
        whole_list([("p1", {**record, **change}, grade)])
        for change in ({}, {"harms": ["violence"]}, {"knownOn": ["2025-03-02"]})
    }
    assert len({*lists, whole_list([("p1", record, Grading("3x5x2", "2", "A"))])}) == 4


def test_what_a_record_says_of_harm_has_no_place_for_who_it_is_of() -> None:
    """A new field here must be argued for."""
    assert [field.name for field in fields(Said)] == [
        "factor", "reliability", "happened_on", "known_on", "reference", "heard_from",
        "withdrawn_on",
    ]  # fmt: skip
    names = [*READ, *(field.name for field in fields(Said))]
    assert [name for name in names if refusal_of(name)] == []
    assert not set(WHO) & set(READ)


def test_a_harm_cannot_be_a_word_for_who_somebody_is() -> None:
    """It is read, but no table of weights can name it, so that it counts for nothing."""
    for refused in refused_words():
        code = refused.word.rstrip("*").replace(" ", "_")
        record = {"harms": [code], "reference": ["REC-1"], "knownOn": ["2026-03-02"]}
        assert stand(said_in(record, None, READING), WEIGHTS, TODAY).total == 0


def test_grading_lowers_what_a_record_counts_for() -> None:
    record = {"harms": ["grooming"], "reference": ["REC-1"], "knownOn": ["2026-03-02"]}
    totals = [
        stand(said_in(record, grade, READING), WEIGHTS, TODAY).total
        for grade in (
            Grading("3x5x2", "1", "A"), Grading("3x5x2", "2", "A"), Grading("3x5x2", "2", "B"),
            None, Grading("3x5x2", "3", "D"), Grading("3x5x2", "3", "E"),
        )
    ]  # fmt: skip
    assert totals == [40.0, 24.0, 19.2, 12.0, 6.0, 1.2]


def test_a_harm_is_read_however_its_words_are_joined_and_once() -> None:
    record = {"reference": ["REC-1"], "knownOn": ["2026-03-02"]}
    harms = ["exploits-child", "exploits_child ", "violence"]
    words = said_in({**record, "harms": harms}, None, READING)
    assert [word.factor for word in words] == ["exploits_child", "violence"]


def test_who_was_with_a_child_at_risk_is_said_to_have_access_and_nothing_else() -> None:
    record = {"reference": ["LK-1"], "knownOn": ["2026-03-02"], "harms": ["violence"]}
    [word] = said_of_meeting(record, Grading("3x5x2", "2", "A"), READING)
    assert (word.factor, word.reliability, word.reference) == ("access_to_child", 0.6, "LK-1")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"reference": []}, "has a reference"),
        ({"knownOn": []}, "REC-1.knownOn: a record says from when"),
        ({"happenedOn": ["soon"]}, "REC-1.happenedOn: 'soon' is no day"),
    ],
)
def test_a_record_that_cannot_be_read_is_refused_with_its_place(change, told) -> None:
    record = {"harms": ["grooming"], "reference": ["REC-1"], "knownOn": ["2026-03-02"]}
    with pytest.raises(FormatError, match=told):
        said_in({**record, **change}, None, READING)
    assert said_in({"firstName": ["Ada"]}, None, READING) == []
    with pytest.raises(MappingError):
        said_in(record, Grading("3x5x2", "9", "A"), READING)


def counted(**groups: tuple[int, int]):
    """So many people of each group, and so many of them among the first."""
    group_of = {f"{name}{at:04}": name for name, (many, _) in groups.items() for at in range(many)}
    first = [f"{name}{at:04}" for name, (_, top) in groups.items() for at in range(top)]
    return {row.group: row for row in disparity(group_of, first, group_of)}


def test_a_group_that_is_oftener_first_is_told_with_its_ratio_and_how_sure_it_is() -> None:
    rows = counted(one=(400, 60), other=(600, 45))
    assert (rows["one"].people, rows["one"].first, rows["one"].rate) == (400, 60, 0.15)
    assert rows["one"].ratio == pytest.approx(2.0)
    # By Katz: 2 times e to the power of 1.96 times the root of 1/60 - 1/400 + 1/45 - 1/600.
    assert (rows["one"].low, rows["one"].high) == pytest.approx((1.388, 2.882), abs=0.001)
    assert rows["one"].differs
    assert rows["other"].ratio == pytest.approx(0.5)
    assert rows["one"].sentence == (
        "one: 15.0% of about 400 are among the first, 2.00 times the rest (1.39 to 2.88)."
    )


@given(st.dictionaries(st.sampled_from("abcde"), st.tuples(st.integers(1, 60), st.integers(0, 60)),
                       min_size=1))  # fmt: skip
def test_no_small_number_is_told_not_even_by_subtraction(groups) -> None:
    groups = {name: (many, min(top, many)) for name, (many, top) in groups.items()}
    rows = counted(**groups)
    hidden = [groups[name] for name, row in rows.items() if row.suppressed]
    for name, row in rows.items():
        if not row.suppressed:
            many, top = groups[name]
            assert min(top, many - top) >= 5
            assert row.people % 5 == row.first % 5 == 0
    if hidden and len(hidden) < len(rows):
        assert len(hidden) >= 2
        assert min(sum(top for _, top in hidden), sum(m - t for m, t in hidden)) >= 5


def test_who_has_nothing_recorded_is_a_group_of_their_own() -> None:
    people = [f"p{at}" for at in range(100)]
    rows = disparity(people, first_of(people, 20), {p: "a" for p in people[10:60]})
    assert [(row.group, row.people, row.first) for row in rows] == [
        ("a", 50, 10), (NOT_SAID, 50, 10),
    ]  # fmt: skip
    assert not rows[0].differs
    assert rows[0].ratio == pytest.approx(1)


def test_one_group_alone_has_a_rate_and_no_ratio() -> None:
    rows = counted(one=(100, 20))
    assert (rows["one"].rate, rows["one"].ratio, rows["one"].differs) == (0.2, None, False)
    assert rows["one"].sentence == "one: 20.0% of about 100 are among the first."
    assert counted(one=(4, 1))["one"].sentence.startswith("one: too few to be shown")


def test_who_is_first_must_be_one_of_the_people() -> None:
    with pytest.raises(ShapeError, match="not among the people"):
        disparity(["a"], ["b"], {})
    with pytest.raises(ShapeError, match="at least one place"):
        first_of(["a"], 0)
