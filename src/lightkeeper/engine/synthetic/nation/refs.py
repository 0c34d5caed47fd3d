"""References: what an agency calls an event. Nothing can be read from one but whose it is."""

import numpy as np
import pyarrow as pa

from lightkeeper.engine.synthetic.nation.luck import Flags, Ids, Ints
from lightkeeper.engine.synthetic.nation.reports import FEEDS, FURTHER, TELLINGS, TO_HUB, Kind
from lightkeeper.engine.synthetic.nation.words import Texts, digits, joined, only, pick

BITS = np.uint64(48)
LOW = np.uint64(2**48 - 1)
DIGITS = 15
FIRST_FEED = {
    Kind.CONTACT: "police", Kind.SCHOOL: "schools", Kind.COUNCIL: "council",
    Kind.MISSING: "missing", Kind.NRM: "nrm", Kind.JOURNEY: "travel", Kind.VEHICLE: "vehicles",
    Kind.CHILD_SEEN: "police", Kind.SEEN_WITH_CHILD: "police", Kind.CHILD_LINK: "links",
    Kind.MOVED: "vehicles", Kind.MOVER: "vehicles", Kind.MEMBER: "police", Kind.TIE: "links",
    Kind.CALL: "phones", Kind.TOGETHER: "travel", Kind.CAR: "vehicles", Kind.ACCOUNT: "online",
    Kind.LONER: "police", Kind.LONER_ACCOUNT: "online", Kind.MANAGED: "police",
}  # fmt: skip
_NAMES = list(FEEDS)
_FEED_OF_KIND = np.array([_NAMES.index(FIRST_FEED[kind]) for kind in Kind])  # from Kind 1 on
_PREFIXES = pa.array(list(FEEDS.values()), pa.string())


def feed_of(events: Ids) -> Ints:
    """(n,) int64, the feed in which each event stands, as its place in FEEDS."""
    kind = ((events >> np.uint64(10)) & np.uint64(31)).astype(np.int64)
    telling = events % np.uint64(TELLINGS)
    found = _FEED_OF_KIND[np.clip(kind - 1, 0, len(Kind) - 1)]
    found = np.where(telling == TO_HUB, _NAMES.index("hub"), found)
    return np.where(telling == FURTHER, _NAMES.index("police"), found)


def number_of(events: Ids) -> Ids:
    """(n,) uint64 below 2**48, another for each event below 2**48 and in no order."""
    mixed = ((events ^ np.uint64(0x5DEECE66D)) * np.uint64(0x9E3779B97F4B)) & LOW
    mixed ^= mixed >> np.uint64(23)
    mixed = (mixed * np.uint64(0xC2B2AE3D27D5)) & LOW
    return mixed ^ (mixed >> np.uint64(21))


def refs(events: Ids) -> Texts:
    """The reference of each event."""
    return joined(pick(_PREFIXES, feed_of(events)), digits(number_of(events), DIGITS))


def refs_where(events: Ids, known: Flags) -> Texts:
    """The references of some events, and nothing for the others."""
    return only(refs(events), known)
