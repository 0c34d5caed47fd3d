"""Sayings for the tests, each differing from an ordinary one by what is given."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from lightkeeper.engine.alerts.rules import the_rules
from lightkeeper.engine.alerts.sayings import Saying

RULES = the_rules()
# For a handful of people: one is many in a network, and what four know is common.
LENIENT = tuple(replace(rule, least=1, share=0.1, most_known=3) for rule in RULES)
DAY = date(2026, 6, 1)
GROWN, YOUNG = date(1980, 1, 1), date(2013, 1, 1)
SUSPECT, MANAGED = frozenset({"suspect"}), frozenset({"managed-offender"})
CHILD, MISSING = frozenset({"child-at-risk"}), frozenset({"missing-child"})
EXPLOITS, DRUGS = frozenset({"child_exploitation"}), frozenset({"county_lines"})
PHONE, HOSTEL = ("phone", "0161 496 0001"), ("address", "Hostel, 1 Any Street")


def say(record, subject, *, owner="Northshire", envelope=1, on=DAY, born=GROWN, **given):
    return Saying(record, subject, owner, envelope, on, born=born, **given)


def exploitation(record="R1", subject="S1", **given):
    return say(record, subject, **{"roles": SUSPECT, "threats": EXPLOITS} | given)


def drugs(record="R2", subject="S1", **given):
    usual = {"roles": SUSPECT, "threats": DRUGS, "owner": "Westmark"}
    return say(record, subject, **usual | given)


def missing(record="R3", subject="C1", **given):
    return say(record, subject, **{"roles": MISSING, "born": YOUNG} | given)


# Mostly two grown-ups, two children and a network; now and then a record has an age wrong.
USUAL = {"A": GROWN, "B": GROWN, "C": YOUNG, "D": YOUNG, "N": None}
DAYS = (0, 1, 2, 120, 125)


@st.composite
def sayings(draw, most=12):
    """A few people said much of: ages that clash, things shared, company kept, a network."""
    return [_saying(draw, f"R{number}") for number in range(draw(st.integers(1, most)))]


def _saying(draw, record):
    subject = draw(st.sampled_from(sorted(USUAL)))
    fixed = (
        record, subject, draw(st.sampled_from(["Northshire", "Westmark"])),
        draw(st.integers(1, 3)), DAY + timedelta(days=draw(st.sampled_from(DAYS))),
    )  # fmt: skip
    beside = draw(st.frozensets(st.sampled_from(sorted(USUAL)), max_size=4)) - {subject}
    if subject == "N":
        return Saying(*fixed, roles=frozenset({"network-member"}), beside=beside)
    grown = USUAL[subject] == GROWN
    roles = ["suspect", "managed-offender"] if grown else ["child-at-risk", "missing-child"]
    wrong = draw(st.integers(0, 19)) == 0
    return Saying(
        *fixed,
        roles=frozenset({draw(st.sampled_from(roles))}),
        threats=draw(st.frozensets(st.sampled_from([*EXPLOITS, *DRUGS, "cyber"]), min_size=1)),
        names=frozenset({draw(st.sampled_from(["Ann Ash", "Bo Birch"]))}),
        born=draw(st.sampled_from([GROWN, YOUNG, None])) if wrong else USUAL[subject],
        things=draw(st.frozensets(st.sampled_from([PHONE, HOSTEL]))),
        beside=beside,
        origin=draw(st.sampled_from(["", "", "R0"])),
    )
