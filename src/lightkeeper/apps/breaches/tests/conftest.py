"""A breach at the centre, handled by Dora: Ada looks at what she should not, among others."""

from datetime import timedelta

import pytest

from lightkeeper.apps.breaches import queries, services
from lightkeeper.apps.breaches.choices import Likelihood, Risk, Severity
from lightkeeper.testing.records import NOON

WHY = "as the Commissioner may ask"


@pytest.fixture
def reported(as_, rolled_back):
    """`reported()`: Ada says that something may be wrong; Dora's agency has it."""

    def make(by="ada", at=NOON, kinds=("CONFIDENTIALITY",), what="Looked up a neighbour", **how):
        reporter = as_(by)
        return services.report_breach(
            by=reporter, kinds=kinds, what=what, noticed_at=at - timedelta(hours=1), at=at, **how
        )

    return make


@pytest.fixture
def handled(as_, reported):
    """`handled()`: a breach that Dora has taken up, as she sees it."""

    def make(by="dora", aware_at=NOON, **how):
        reference = reported(**how)
        officer = as_(by)
        breach = queries.find_breach(officer, reference)
        services.take_up(by=officer, breach=breach, aware_at=aware_at, reason=WHY, at=NOON)
        return queries.find_breach(as_(by), reference)

    return make


def assess(by, breach, risk=Risk.RISK, at=NOON):
    return services.assess(
        by=by, breach=breach, likelihood=Likelihood.POSSIBLE, likelihood_reason=WHY,
        severity=Severity.SERIOUS, severity_reason=WHY, risk=risk, reason=WHY, at=at,
    )  # fmt: skip


def describe(by, breach, at=NOON, **how):
    said = {"nature": "An analyst looked up a neighbour.", "consequences": "Distress.",
            "measures": "The account was stopped.", "contact": "Dora Wick, 555 0100"}  # fmt: skip
    return services.describe(by=by, breach=breach, at=at, **(said | how))


def work_out(by, breach, at=NOON, **scope):
    return services.work_out(by=by, breach=breach, scope=services.Scope(**scope), reason=WHY, at=at)
