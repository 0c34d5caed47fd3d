import re
from datetime import date
from importlib.resources import files

import pytest

from lightkeeper.engine.alerts import read_rules, rules_on, the_rules
from lightkeeper.engine.errors import FileRefused

TEXT = files("lightkeeper.engine.alerts").joinpath("rules.yaml").read_text(encoding="utf-8")


def test_the_rules_that_come_along_are_five_and_hold():
    assert {rule.kind for rule in rules_on(the_rules(), date(2026, 11, 30))} == {
        "cross_crime", "missing_with", "new_name", "grows", "shared_thing",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "instead", "sentence"),
    [
        ("version: 1", "version: 2", "Line 2: a file of rules has 'version: 1' and 'rules'."),
        ("- code: exploit", "- code: [exploit", "Line 5: this is no YAML."),
        (
            "within_days: 1095",
            "within_days: soon",
            "Line 11, rules.0.within_days: expected a whole number of days, 0 to 36525, "
            "found 'soon'.",
        ),
        (
            "  most_known: 12\n",
            "",
            "rules.4.most_known: a rule needs this: a whole number of at least 1.",
        ),
        ("share: 0.3", "share: 1.3", "rules.3.share: expected a number between 0 and 1, found 1.3"),
        ("least: 3", "least: yes", "rules.3.least: expected a whole number of at least 1, found T"),
        ("alike: 75", "most_known: 3", "rules.2.most_known: a rule of new_name has no"),
        ("kind: grows", "kind: shrinks", "rules.3.kind: expected the kind of a rule"),
        ("kind: grows", "kind: [grows]", "rules.3.kind: expected the kind of a rule"),
        ("{one} has grown", "{who} has grown", "rules.3.says: it may name {one}, {other} and"),
        ("{one} has grown", "{one has grown", "rules.3.says: a brace is left open."),
        ("{one} has grown", "{one:d} has grown", "rules.3.says: a name stands in its braces alone"),
        ("{one} has grown", "{one!z} has grown", "rules.3.says: a name stands in its braces alone"),
        ("{one} has grown", "{one} is a prostitute", "rules.3.says: no alert says 'prostitut'"),
        ("code: network_grows", "code: Network grows", "rules.3.code: expected small letters"),
        (
            "from: 2026-01-01\n  says: \"{one} has",
            "from: 2026-01-01\n  to: 2026-01-01\n  says: \"{one} has",
            "rules.3.to: a rule ends after the day from which it holds.",
        ),
        (
            "code: network_grows",
            "code: managed_offender_new_name",
            "rules.3.code: another rule 'managed_offender_new_name' holds on the same days.",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_file_of_rules_is_said_with_its_place(written, instead, sentence):
    assert written in TEXT

    with pytest.raises(FileRefused, match=re.escape(sentence)):
        read_rules(TEXT.replace(written, instead, 1))


@pytest.mark.parametrize("text", ["", "[]", "version: 1\nrules: 3", "version: 1\nrules: [3]", "{"])
def test_what_is_no_file_of_rules_is_refused(text):
    with pytest.raises(FileRefused, match=r"Line [12]"):
        read_rules(text)


def test_a_changed_rule_takes_over_on_its_day_and_the_old_one_is_kept():
    grown = TEXT[TEXT.index("- code: network_grows") :].split("- code: managed_offender_sh")[0]
    old = grown.replace("says:", "to: 2026-07-01\n  says:")
    new = grown.replace("from: 2026-01-01", "from: 2026-07-01").replace("least: 3", "least: 5")

    rules = read_rules("version: 1\nrules:\n" + old + new)

    assert [rule.least for rule in rules_on(rules, date(2026, 6, 30))] == [3]
    assert [rule.least for rule in rules_on(rules, date(2026, 7, 1))] == [5]
    assert rules_on(rules, date(2025, 12, 31)) == ()
