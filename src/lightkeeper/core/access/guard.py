"""The access rule, once. PostgreSQL holds it a second time in its policies; the oracle of
`tests/access` states it a third time, and all three are compared over every case.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from lightkeeper.core.access.envelope import BEHIND_GLASS, Cond, Envelope, Verb, Viewer


@dataclass(frozen=True)
class Decision:
    """Whether it is allowed, and the first rule that stands against it."""

    allow: bool
    rule: str


class NoViewer(RuntimeError):
    """Protected rows were asked for on nobody's behalf. Ask with `.visible_to(actor)`."""


ALLOWED = Decision(True, "")


def decide(viewer: Viewer, envelope: Envelope, verb: Verb) -> Decision:
    """Whether this viewer may do this to something with this envelope. Everything not allowed is
    denied.
    """
    glass = _through_glass(viewer, envelope, verb)
    for rule, holds in (
        ("R1 live", viewer.live),
        ("R2 role", (envelope.record_class, verb.value) in viewer.grants),
        ("R3 level", viewer.level >= envelope.level),
        ("R4 circle", glass or _in_circle(viewer, envelope, verb)),
        ("R5 compartment", glass or _in_compartment(viewer, envelope, verb)),
        ("R6 conditions", _meets_conditions(viewer, envelope, verb)),
        ("R7 not excluded", envelope.root not in viewer.excluded),
    ):
        if not holds:
            return Decision(False, rule)
    return ALLOWED


def _in_circle(viewer: Viewer, envelope: Envelope, verb: Verb) -> bool:
    if envelope.owner == viewer.agency:
        return True
    if verb is Verb.LOCATE:
        return bool(envelope.conds & Cond.POINTER)
    return verb in (Verb.READ, Verb.DISCLOSE) and envelope.audience in viewer.audiences


def _in_compartment(viewer: Viewer, envelope: Envelope, verb: Verb) -> bool:
    if verb is Verb.LOCATE or envelope.compartment is None:
        return True
    return envelope.compartment in viewer.compartments


def _meets_conditions(viewer: Viewer, envelope: Envelope, verb: Verb) -> bool:
    if verb is not Verb.DISCLOSE:
        return True
    conds = conditions_today(viewer, envelope)
    if conds & Cond.NO_EXPORT:
        return False
    root = (envelope.root, envelope.owner)
    consented = envelope.owner == viewer.agency or root in viewer.consents
    return consented or not conds & Cond.ORCON


def conditions_today(viewer: Viewer, envelope: Envelope) -> Cond:
    """The conditions of the label, without those that are lifted today, with those put on."""
    put, lifted = viewer.dated.get((envelope.root, envelope.owner), (0, 0))
    return Cond((envelope.conds & ~lifted) | put)


def _through_glass(viewer: Viewer, envelope: Envelope, verb: Verb) -> bool:
    """The one exception: reading what hangs from a child for whom the glass is broken."""
    return (
        verb is Verb.READ
        and envelope.record_class in BEHIND_GLASS
        and envelope.root in viewer.glass
    )


def buckets_for(
    viewer: Viewer, buckets: Iterable[tuple[int, Envelope]], verb: Verb
) -> frozenset[int]:
    """Which interned envelopes this viewer may use for the verb."""
    return frozenset(key for key, envelope in buckets if decide(viewer, envelope, verb).allow)
