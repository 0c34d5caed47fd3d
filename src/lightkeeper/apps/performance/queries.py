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

CHILDREN, PROTECTED, ARRESTS, CHARGES, NETWORKS, INTELLIGENCE, NOTHING = (
    "Children safeguarded",
    "Children protected by other steps",
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
        K.CHILD_PROTECTED: PROTECTED,
        K.SUSPECT_ARRESTED: ARRESTS,
        K.SUSPECT_CHARGED: CHARGES,
        K.NETWORK_DISRUPTED_MAJOR: NETWORKS,
        K.NETWORK_DISRUPTED_MODERATE: NETWORKS,
        K.NETWORK_DISRUPTED_MINOR: NETWORKS,
        K.INTELLIGENCE_GAINED: INTELLIGENCE,
        K.NO_FURTHER_ACTION: NOTHING,
    },
    once_per_subject=frozenset({CHILDREN, PROTECTED, ARRESTS, CHARGES, NETWORKS}),
)
# Printed with the figures, so that whoever quotes one can say how it was counted.
RULE_IN_WORDS = (
    "An outcome counts in the period in which it happened, once its task is closed.",
    "A child, a suspect and a network count once under each heading, however many tasks and "
    "agencies led there; directly and by a partner is still one child.",
    "Records that the picture joins, as far as it is shared with the viewer, are one person.",
    "New intelligence and no further action count each time, and stand for nobody.",
)


@dataclass(frozen=True)
class Behind:
    """A figure with the outcomes it was counted from."""

    figure: Figure
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True)
class Narrowed:
    """What the results are narrowed by; nothing given, nothing left out."""

    result: str = ""
    agency: str = ""
    theme: str = ""

    def holds(self, outcome: Outcome) -> bool:
        return (
            self.result in ("", RULE.heading.get(outcome.kind))
            and self.agency in ("", outcome.task.agency.code)
            and self.theme in ("", outcome.task.theme)
        )


def results(
    actor: Actor, *, since: date, until: date, narrowed: Narrowed | None = None
) -> list[Behind]:
    """The figures of a period, each with the outcomes behind it that this person may see.

    Source: mission R1.
    """
    found = _counted(actor, since, until, narrowed or Narrowed())
    seen = [one.reference for behind in found for one in behind.outcomes]
    audit.record(by=actor, did=audit.Did.RESULTS_SEEN, to=seen)
    return found


def results_to_disclose(
    actor: Actor, *, since: date, until: date, narrowed: Narrowed | None = None
) -> list[Behind]:
    """The same, counted from what this person may take out alone."""
    return _counted(actor, since, until, narrowed or Narrowed(), labels=actor.disclosable)


def agencies_of_results(actor: Actor, *, since: date, until: date) -> list[tuple[str, str]]:
    """The agencies that led to the results in sight, to choose from."""
    outcomes = tasking.outcomes(actor, since=since, until=until)
    led = {outcome.task.agency.code: outcome.task.agency.name for outcome in outcomes}
    return sorted(led.items(), key=lambda item: item[1])


def _counted(
    actor: Actor,
    since: date,
    until: date,
    narrowed: Narrowed,
    labels: frozenset[int] | None = None,
) -> list[Behind]:
    """A child or suspect whom the picture knows in several records is one, as this person sees
    them; whoever is in a record that is not shared stands for themselves.
    """
    outcomes = [
        outcome
        for outcome in tasking.outcomes(actor, since=since, until=until)
        if narrowed.holds(outcome) and (labels is None or outcome.bucket_id in labels)
    ]
    people = picture.subjects_of(actor, {outcome.subject_id for outcome in outcomes})
    claims = [
        Claim(
            outcome.reference,
            outcome.kind,
            people.get(outcome.subject_id, outcome.subject_id),
            outcome.happened_on,
        )
        for outcome in outcomes
    ]
    by_reference = {outcome.reference: outcome for outcome in outcomes}
    return [
        Behind(figure, tuple(by_reference[claim.reference] for claim in figure.claims))
        for figure in count(claims, RULE, since=since, until=until)
        if narrowed.result in ("", figure.heading)
    ]
