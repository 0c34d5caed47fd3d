"""What is true and what agencies say fit together."""

from collections import defaultdict
from datetime import timedelta

import numpy as np
import pytest

from lightkeeper.engine.synthetic.nation.figures import FACTORS
from lightkeeper.engine.synthetic.nation.reports import FEEDS
from lightkeeper.engine.synthetic.persons import TODAY


@pytest.fixture(scope="module")
def persons(nation):
    return {row["person"]: row for row in nation.truth["persons"].to_pylist()}


@pytest.fixture(scope="module")
def records(nation):
    return nation.truth["records"].to_pylist()


@pytest.fixture(scope="module")
def by_ref(records):
    return {row["ref"]: row for row in records}


def key_of(feed):
    return {"council": "contact_id", "missing": "episode", "nrm": "reference"}.get(feed, "ref")


def test_every_row_of_every_feed_is_about_somebody_who_is_there(nation, persons, by_ref):
    for feed, table in nation.feeds.items():
        refs = table[key_of(feed)].to_pylist()
        assert refs, feed
        for ref in refs:
            assert by_ref[ref]["feed"] == feed
            assert by_ref[ref]["person"] in persons
    assert sum(table.num_rows for table in nation.feeds.values()) == len(by_ref)


def test_a_second_person_of_a_row_is_there_too(records, persons):
    others = [row["other"] for row in records if row["other"] is not None]

    assert others
    assert all(other in persons for other in others)
    assert {row["feed"] for row in records if row["other"] is not None} == {"links", "phones"}


def test_what_is_told_again_was_there_before_and_leads_to_where_it_began(records, by_ref):
    heard = [row for row in records if row["origin"]]
    assert len(heard) > 300
    for row in heard:
        origin = by_ref[row["origin"]]
        assert origin["feed"] == row["origin_feed"]
        assert origin["reported"] < row["reported"]
        assert (origin["person"], origin["happened"]) == (row["person"], row["happened"])
        assert row["first"] == origin["first"]
        assert by_ref[row["first"]]["origin"] is None


def test_some_reports_come_back_to_the_agency_that_began_them(nation, records, by_ref):
    police = nation.feeds["police"].select(["ref", "agency"]).to_pylist()
    agency = {row["ref"]: row["agency"] for row in police}
    back = [
        row
        for row in records
        if row["feed"] == "police" and row["origin_feed"] == "police"
        and by_ref[row["origin"]]["origin_feed"] == "hub"
    ]  # fmt: skip

    assert len(back) > 10
    began = [(row["ref"], by_ref[row["first"]]) for row in back]
    assert all(agency[ref] == agency[one["ref"]] for ref, one in began if one["feed"] == "police")


def test_a_report_told_again_shows_the_slips_of_the_first(nation, records, by_ref):
    rows = {row["ref"]: row for feed in ("police", "hub") for row in nation.feeds[feed].to_pylist()}
    same = [
        (rows[row["ref"]], rows[row["first"]])
        for row in records
        if row["origin"] and row["ref"] in rows and row["first"] in rows
    ]

    assert len(same) > 100
    for again, first in same:
        assert (again["surname"], again["forename"]) == (first["surname"], first["forename"])
        assert again["dob"] == first["dob"]


def test_who_told_it_is_said_of_some_and_is_right(nation, by_ref):
    rows = [row for row in nation.feeds["hub"].to_pylist() if row["their_ref"]]

    assert rows
    assert all(by_ref[row["ref"]]["origin"] == row["their_ref"] for row in rows)
    unsaid = sum(row["told_by"] is None for row in nation.feeds["hub"].to_pylist())
    assert 0.4 < unsaid / nation.feeds["hub"].num_rows < 0.6


def test_every_network_is_held_together_by_links_that_agencies_report(nation, records):
    said = {frozenset((row["person"], row["other"])) for row in records if row["feed"] == "links"}
    members = defaultdict(set)
    for row in nation.truth["members"].to_pylist():
        members[row["network"]].add(row["person"])
    ties = defaultdict(set)
    for row in nation.truth["links"].to_pylist():
        pair = frozenset((row["person"], row["other"]))
        assert len(pair) == 2
        assert pair in said
        ties[row["network"]].add(pair)

    assert len(members) == 20
    for network, people in members.items():
        reached, edge = set(), {next(iter(people))}
        while edge:
            reached |= edge
            edge = {one for pair in ties[network] if pair & edge for one in pair} - reached
        assert reached == people


def test_both_ends_of_a_link_are_rows_of_a_feed_about_those_two(nation, by_ref):
    for row in nation.feeds["links"].to_pylist():
        said = by_ref[row["ref"]]
        ends = by_ref[row["first_ref"]], by_ref[row["second_ref"]]
        assert [end["person"] for end in ends] == [said["person"], said["other"]]


def test_every_identity_used_is_somebodys_own_or_in_the_list(world, nation, records):
    listed = set(nation.truth["identities"]["identity"].to_pylist())
    listed |= {int(one) for block in nation.blocks for one in block.identities}
    used = {row["identity"] for row in records}

    assert {one for one in used if one % 4} <= listed
    assert len(listed) == nation.truth["identities"].num_rows + len(nation.blocks[0].identities)


def test_some_go_under_what_is_not_theirs_and_some_identities_are_of_several(nation, records):
    alias = sum(row["identity"] % 4 > 0 for row in records)
    who = defaultdict(set)
    for row in records:
        who[row["identity"]].add(row["person"])

    assert alias / len(records) > 0.01
    assert all(len(people) <= 3 for people in who.values())


def test_only_children_are_harmed_in_need_and_at_school(nation, persons):
    for row in nation.truth["harm"].to_pylist():
        assert persons[row["child"]]["is_child"]
        assert not persons[row["by"]]["is_child"]
    for row in nation.truth["needs"].to_pylist():
        assert persons[row["child"]]["is_child"]
        assert row["need"] in {"IN-NEED", "LOOKED-AFTER", *FACTORS}
    youngest = str(TODAY - timedelta(days=round(5 * 365.25)))
    for row in persons.values():
        assert (row["school"] is not None) == (row["is_child"] and row["born"] < youngest)


def test_whoever_harms_as_one_of_a_network_belongs_to_it(nation):
    members = {(row["network"], row["person"]) for row in nation.truth["members"].to_pylist()}
    harm = [row for row in nation.truth["harm"].to_pylist() if row["network"] is not None]

    assert harm
    assert all((row["network"], row["by"]) in members for row in harm)


def test_who_was_with_a_missing_child_was_so_on_the_day_that_it_began(nation, by_ref):
    said = {row["ref"] for row in nation.feeds["police"].to_pylist()
            if row["harm"] == "with_missing_child"}  # fmt: skip
    missing = {
        (row["person"], row["happened"]) for row in by_ref.values() if row["feed"] == "missing"
    }
    ends = {row["second_ref"]: row["first_ref"] for row in nation.feeds["links"].to_pylist()}
    first_hand = [by_ref[ref] for ref in said if by_ref[ref]["origin"] is None]

    assert first_hand
    for row in first_hand:
        child = by_ref[ends[row["ref"]]]
        assert (child["person"], row["happened"]) in missing


def test_a_referral_of_the_truth_is_a_row_of_the_feed(nation, by_ref):
    referred = [row for row in nation.truth["trafficking"].to_pylist() if row["referral"]]

    assert all(by_ref[row["referral"]]["person"] == row["person"] for row in referred)
    first = {row["first"] for row in by_ref.values() if row["feed"] == "nrm"}
    assert {row["referral"] for row in referred} == first


def test_nothing_is_reported_before_it_happened_or_after_today(records):
    assert all(row["happened"] <= row["reported"] <= str(TODAY) for row in records)


def test_nobody_is_an_offender_because_of_their_ethnicity(nation, persons):
    """Chi-square over eleven groups: more than 32 comes by chance once in two thousand times."""
    groups = sorted({row["ethnicity"] for row in persons.values()})
    everybody = np.array([sum(r["ethnicity"] == one for r in persons.values()) for one in groups])
    members = {row["person"] for row in nation.truth["members"].to_pylist()}
    members |= set(nation.truth["loners"]["person"].to_pylist())
    theirs = np.array([sum(persons[m]["ethnicity"] == one for m in members) for one in groups])
    expected = everybody / everybody.sum() * theirs.sum()

    assert ((theirs - expected) ** 2 / expected).sum() < 32


def test_each_feed_has_references_of_its_own(nation):
    for feed, table in nation.feeds.items():
        assert all(ref.startswith(FEEDS[feed]) for ref in table[key_of(feed)].to_pylist())
