"""Each case of the rule: who asks times what is asked of: in the oracle's words and the guard's."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

from lightkeeper.core.access.envelope import Envelope, Verb, Viewer
from tests.access.oracle import Change, Days, Grants, Somebody, Thing, grants_in

GRANTS_TABLE = Path(__file__).parents[2] / "src/lightkeeper/refdata/role_grants.csv"
CLASSES = (1, 2, 3, 4, 5, 6, 7, 8)
LEVELS = (0, 1, 2)  # 2 is above what the system is accredited for
MINE, OTHER, THIRD = "mine", "other", "third"
COMPARTMENTS = (None, "my compartment", "another compartment")
AUDIENCES = (frozenset(), frozenset({MINE, THIRD}), frozenset({THIRD}))

# Conditions and roots stand beside the rest and not in every product with it: they meet each class,
# owner, audience and half of the compartments.
CONDITIONS = tuple(map(frozenset, ((), {"originator controls"}, {"no export"}, {"pointer"})))
ROOTS = (None, "barred", "opened", "consented")
VARIANTS = tuple(product(CONDITIONS, ROOTS))[1:]
EXCLUDED, GLASS = frozenset({"barred"}), frozenset({"opened"})
# The owner of what is foreign consented for one root; for another, somebody who is not its owner.
CONSENTED = frozenset({("consented", OTHER), ("opened", MINE)})

AGENCY_NUMBERS = {MINE: 11, OTHER: 12, THIRD: 13}
COMPARTMENT_NUMBERS = {None: None, "my compartment": 21, "another compartment": 22}
ROOT_NUMBERS = {None: None, "barred": 41, "opened": 42, "consented": 43}
# Each side of each day on which something dated turns.
AROUND_TODAY = (
    Days(), Days(0), Days(1), Days(None, 1), Days(None, 0), Days(-1, 1), Days(0, 1), Days(-2, 0),
)  # fmt: skip
# What is dated of conditions stands under roots of its own, one for each: no other case changes.
CHANGES = {
    **{f"{'lifted' if lifts else 'put'} {condition} {number}": frozenset(
        {Change(condition, lifts, days)})
       for condition, lifts in product(("originator controls", "no export"), (True, False))
       for number, days in enumerate(AROUND_TODAY) if days.first is not None},
    **{f"both {condition}": frozenset(Change(condition, lifts, Days(0)) for lifts in (True, False))
       for condition in ("originator controls", "no export")},
    "one and the other": frozenset(
        {Change("originator controls", True, Days(0)), Change("no export", True, Days(-1))}),
    "put, and lifted tomorrow": frozenset(
        {Change("no export", False, Days(0)), Change("no export", True, Days(1))}),
}  # fmt: skip
COND_NUMBERS = {"originator controls": 1, "no export": 2, "pointer": 4}
ROOT_NUMBERS |= {root: number for number, root in enumerate(CHANGES, 50)}
AUDIENCE_NUMBERS = {AUDIENCES[0]: None, AUDIENCES[1]: 31, AUDIENCES[2]: 32}

STANDINGS = {
    "waiting": "PROPOSED", "approved": "APPROVED", "refused": "REFUSED", "withdrawn": "WITHDRAWN",
    "ended": "ENDED",
}  # fmt: skip


def all_grants() -> Grants:
    """The real grants, and two roles that nobody holds: each verb is reached on each class."""
    grants = grants_in(GRANTS_TABLE)
    grants["may do everything"] = set(product(CLASSES, (verb.value for verb in Verb)))
    grants["may only write"] = {(1, "write"), (2, "write")}
    return grants


def role_sets(grants: Grants) -> list[frozenset[str]]:
    return [frozenset(), *(frozenset({role}) for role in sorted(grants)),
            frozenset({"officer", "analyst"})]  # fmt: skip


def things(levels: tuple[int, ...] = LEVELS) -> list[Thing]:
    plain = product(CLASSES, (MINE, OTHER), levels, COMPARTMENTS, AUDIENCES)
    return [Thing(*parts) for parts in plain] + variants(CLASSES) + dated((1, 3))


def dated(classes: tuple[int, ...]) -> list[Thing]:
    """Things under roots of which the other owner changed conditions, for days: of what is theirs
    and released to us, and of what is ours they change nothing.
    """
    both = (CONDITIONS[0], CONDITIONS[1] | CONDITIONS[2])
    theirs = product(classes, (OTHER,), (0,), (None,), (AUDIENCES[1],), both, CHANGES)
    ours = product(classes, (MINE,), (0,), (None,), (AUDIENCES[0],), both, CHANGES)
    return [
        *(Thing(*label, root, CHANGES[root]) for *label, root in theirs),
        *(Thing(*parts) for parts in ours),
    ]


def variants(classes: tuple[int, ...]) -> list[Thing]:
    """Things with conditions, or hanging from something."""
    parts = product(classes, (MINE, OTHER), (1,), COMPARTMENTS[::2], AUDIENCES, VARIANTS)
    return [Thing(*label, *variant) for *label, variant in parts]


def people(grants: Grants, clearances: tuple[int, ...] = (0, 1, 2)) -> list[Somebody]:
    member = (frozenset(), frozenset({"my compartment"}))
    sets = role_sets(grants)
    well = [Somebody(MINE, *parts) for parts in product(sets, clearances, member)]
    related = [
        Somebody(MINE, roles, clearance, frozenset(), frozenset(), EXCLUDED, CONSENTED, GLASS)
        for roles, clearance in product(sets, clearances)
    ]
    suspended = frozenset({"suspended"})
    return well + related + [replace(one, troubles=suspended) for one in well[::2] + related[::2]]


def as_viewer(somebody: Somebody, grants: Grants) -> Viewer:
    return Viewer(
        agency=AGENCY_NUMBERS[somebody.agency],
        level=somebody.clearance,
        grants=frozenset(grant for role in somebody.roles for grant in grants[role]),
        compartments=frozenset(COMPARTMENT_NUMBERS[c] for c in somebody.member_of),
        audiences=frozenset(
            number
            for audience, number in AUDIENCE_NUMBERS.items()
            if number and somebody.agency in audience
        ),
        live=not somebody.troubles,
        excluded=frozenset(ROOT_NUMBERS[root] for root in somebody.excluded_from),
        consents=frozenset((ROOT_NUMBERS[r], AGENCY_NUMBERS[a]) for r, a in somebody.consented),
        glass=frozenset(ROOT_NUMBERS[root] for root in somebody.glass_on),
        dated={
            (ROOT_NUMBERS[root], AGENCY_NUMBERS[OTHER]): (
                _bits(changes, lifts=False),
                _bits(changes, lifts=True),
            )
            for root, changes in CHANGES.items()
        },
    )  # fmt: skip


def _bits(changes: frozenset[Change], *, lifts: bool) -> int:
    today = (one for one in changes if one.lifts == lifts and one.days.have_today())
    return sum({COND_NUMBERS[one.condition] for one in today})


def as_envelope(thing: Thing) -> Envelope:
    return Envelope(
        record_class=thing.record_class,
        owner=AGENCY_NUMBERS[thing.owner],
        level=thing.level,
        compartment=COMPARTMENT_NUMBERS[thing.compartment],
        audience=AUDIENCE_NUMBERS[thing.released_to],
        conds=sum(COND_NUMBERS[condition] for condition in thing.conditions),
        root=ROOT_NUMBERS[thing.root],
    )


def every_case(
    grants: Grants, whom: Callable[[Somebody], bool] = lambda somebody: True
) -> Iterator[tuple[Somebody, Viewer, Thing, Envelope, Verb]]:
    envelopes = [(thing, as_envelope(thing)) for thing in things()]
    for somebody in filter(whom, people(grants)):
        viewer = as_viewer(somebody, grants)
        for thing, envelope in envelopes:
            for verb in Verb:
                yield somebody, viewer, thing, envelope, verb
