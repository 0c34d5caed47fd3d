"""Results of a period, each counted once, as far as one person may see."""

from dataclasses import dataclass
from datetime import date

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intelligence import queries as picture
from lightkeeper.apps.tasking import queries as tasking
from lightkeeper.apps.tasking.choices import COUNTING_RULE
from lightkeeper.apps.tasking.choices import OutcomeKind as K
from lightkeeper.apps.tasking.services import Outcome
from lightkeeper.engine.ledger.counting import Claim, Figure, Rule, count

CHILDREN, ARRESTS, CHARGES, NETWORKS, INTELLIGENCE, NOTHING = (
    "Children safeguarded or protected",
    "Suspects arrested",
    "Suspects charged",
    "Networks disrupted",
    "New intelligence gained",
    "No further action",
)
RULE = Rule(
    version=COUNTING_RULE,
    heading={
        K.CHILD_SAFEGUARDED_DIRECT: CHILDREN,
        K.CHILD_SAFEGUARDED_INDIRECT: CHILDREN,
        K.CHILD_PROTECTED: CHILDREN,
        K.SUSPECT_ARRESTED: ARRESTS,
        K.SUSPECT_CHARGED: CHARGES,
        K.NETWORK_DISRUPTED_MAJOR: NETWORKS,
        K.NETWORK_DISRUPTED_MODERATE: NETWORKS,
        K.NETWORK_DISRUPTED_MINOR: NETWORKS,
        K.INTELLIGENCE_GAINED: INTELLIGENCE,
        K.NO_FURTHER_ACTION: NOTHING,
    },
    once_per_subject=frozenset({CHILDREN, ARRESTS, CHARGES, NETWORKS}),
)


@dataclass(frozen=True)
class Behind:
    """A figure with the outcomes it was counted from."""

    figure: Figure
    outcomes: tuple[Outcome, ...]


def results(actor: Actor, *, since: date, until: date) -> list[Behind]:
    """The figures of a period, each with the outcomes behind it that this person may see.

    A child or suspect whom the picture knows in several records is one, as this person sees them.

    Source: mission R1.
    """
    outcomes = tasking.outcomes(actor, since=since, until=until)
    people = picture.subjects_of(actor, {outcome.task.record_id for outcome in outcomes})
    claims = [
        Claim(
            outcome.reference,
            outcome.kind,
            # A record that is not shared stands for itself.
            people.get(outcome.task.record_id, outcome.task.record_id),
            outcome.happened_on,
        )
        for outcome in outcomes
    ]
    by_reference = {outcome.reference: outcome for outcome in outcomes}
    audit.record(by=actor, did=audit.Did.RESULTS_SEEN, to=list(by_reference))
    return [
        Behind(figure, tuple(by_reference[claim.reference] for claim in figure.claims))
        for figure in count(claims, RULE, since=since, until=until)
    ]
