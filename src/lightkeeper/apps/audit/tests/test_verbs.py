"""Each thing that can be recorded is one of the law's acts, or one of our own two."""

import psycopg
import pytest

from lightkeeper.apps.audit.choices import LABELS, Did, Verb
from lightkeeper.apps.audit.forms import EventFilter
from lightkeeper.testing.plugin import NAME, superuser

LAW = {"collect", "alter", "consult", "disclose", "combine", "erase"}  # DPA 2018 s.62(1)


def test_the_verbs_are_the_six_of_the_law_and_two_of_our_own():
    assert {verb.value for verb in Verb} == LAW | {"deny", "admin"}
    assert set(LABELS) == set(Verb)
    assert len({str(label) for label in LABELS.values()}) == len(Verb)


@pytest.mark.parametrize("did", Did, ids=lambda did: did.name)
def test_each_thing_done_has_exactly_one_verb_and_words_of_its_own(did):
    assert did.value.count(":") == 1
    assert did.verb in Verb
    assert did.words
    assert [other for other in Did if other.words == did.words] == [did]


def test_each_verb_can_be_asked_for_on_the_page():
    offered = {value for value, _ in EventFilter().fields["verb"].choices}

    assert offered == {"", *Verb}


def test_the_database_refuses_an_event_that_is_none_of_them(log):
    with superuser(NAME) as c, pytest.raises(psycopg.errors.CheckViolation):
        c.execute(
            'insert into audit_event (at, verb, did, person, session, "references", purpose, '
            "reason, recipient, rule, request) values (now(), 'peek', 'x', '', '', '{}', '', '', "
            "'', '', '')"
        )


def test_the_page_says_the_word_of_the_law(happen, browse):
    happen(1)
    page = browse("audrey").get("/audit/?person=ada").content.decode()

    assert 'data-code="consult">Consultation</span>' in page
    assert browse("audrey").get("/audit/?verb=peek").status_code == 422
