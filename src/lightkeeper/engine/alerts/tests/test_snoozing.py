from dataclasses import replace
from datetime import timedelta

import pytest

from lightkeeper.engine.alerts import Desk, is_aside, snooze
from lightkeeper.engine.alerts.tests.saying import DAY, RULES, drugs, exploitation, say
from lightkeeper.engine.errors import ShapeError

RULE = next(rule for rule in RULES if rule.code == "exploitation_in_other_crime")
SOON = DAY + timedelta(days=10)


def alerts(*landed):
    desk = Desk(RULES)
    desk.land([exploitation(), drugs(), *landed])
    return desk.alerts.values()


def test_an_alert_is_aside_until_its_day_and_not_on_it():
    [alert] = alerts()
    aside = snooze(alert, RULE, on=DAY, until=SOON)

    assert is_aside(alert, aside, on=SOON - timedelta(days=1))
    assert not is_aside(alert, aside, on=SOON)


def test_an_alert_that_waits_for_new_evidence_comes_back_with_it():
    [alert] = alerts()
    aside = snooze(alert, RULE, on=DAY, until=None)
    [grown] = alerts(drugs("R9"))

    assert is_aside(alert, aside, on=SOON)
    assert not is_aside(grown, aside, on=SOON)


def test_an_alert_that_concerns_another_owner_comes_back_though_it_rests_on_nothing_new():
    [alert] = alerts()
    aside = snooze(alert, RULE, on=DAY, until=None)

    assert not is_aside(alert, replace(aside, owners=frozenset({"Northshire"})), on=SOON)


@pytest.mark.parametrize("until", [SOON, None])
def test_evidence_of_another_kind_is_never_hidden(until):
    [alert] = alerts()
    aside = snooze(alert, RULE, on=DAY, until=until)

    both = alerts(say("R9", "S1", threats=frozenset({"cyber"})))

    assert {one.key.kind for one in both if not is_aside(one, aside, on=DAY)} == {"cyber"}


@pytest.mark.parametrize("days", [0, -1, 91])
def test_nobody_puts_an_alert_aside_for_longer_than_its_rule_allows(days):
    [alert] = alerts()

    with pytest.raises(ShapeError, match="put aside for 1 to 90 days"):
        snooze(alert, RULE, on=DAY, until=DAY + timedelta(days=days))
