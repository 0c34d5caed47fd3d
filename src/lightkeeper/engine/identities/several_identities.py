"""One person behind several identities: pairs that share what few share, with what speaks against.

Pairs whose names and birth dates are nearly the same are left to linking (`engine/linkage`).
"""

from collections.abc import Iterator
from itertools import combinations
from math import log2

from rapidfuzz import fuzz

from lightkeeper.engine.identities.showing import Finding, Kind, Reason, Shown, Weights, folded

Pair = tuple[str, str]


def several_identities(shown: Shown, weights: Weights) -> list[Finding]:
    """The pairs whose reasons sum to at least `several_identities_at`, the strongest first."""
    found = []
    for pair in sorted(_pairs(shown, weights)):
        if not _is_spelling(shown, pair, weights):
            reasons = tuple(sorted(_reasons(shown, pair, weights), key=lambda one: -one.bits))
            bits = round(sum(one.bits for one in reasons), 2)
            if bits >= weights.several_identities_at:
                found.append(Finding(Kind.SEVERAL_IDENTITIES, pair, bits, reasons))
    return sorted(found, key=lambda one: (-one.bits, one.identities))


def _pairs(shown: Shown, weights: Weights) -> set[Pair]:
    """Those that share something that few show, or of which one is called what the other is."""
    found: set[Pair] = set()
    for know in shown.by.values():
        if len(know) <= weights.most_known:
            found.update(combinations(sorted(know), 2))
    for identity, showings in shown.of.items():
        for name in {folded(name) for one in showings for name in one.also}:
            others = shown.named.get(name, set()) - {identity}
            if len(others) <= weights.most_known:
                found.update((min(identity, one), max(identity, one)) for one in others)
    return found


def _is_spelling(shown: Shown, pair: Pair, weights: Weights) -> bool:
    """Whether the two are so alike that linking has to say whether they are one."""
    one, other = (shown.of[identity][0] for identity in pair)
    alike = fuzz.token_sort_ratio(folded(one.name), folded(other.name)) >= weights.alike
    if not alike or one.born is None or other.born is None:
        return alike
    same_day = (one.born.month, one.born.day) == (other.born.month, other.born.day)
    return one.born.year == other.born.year or same_day


def _reasons(shown: Shown, pair: Pair, weights: Weights) -> Iterator[Reason]:
    yield from _shared(shown, pair, weights)
    yield from _called(shown, pair, weights)
    yield from _names_and_births(shown, pair, weights)
    yield from _apart(shown, pair, weights)
    yield from _bodies(shown, pair, weights)


def _shared(shown: Shown, pair: Pair, weights: Weights) -> Iterator[Reason]:
    one, other = (shown.things(identity) for identity in pair)
    for thing in sorted(one.keys() & other.keys()):
        known = len(shown.by[thing])
        if thing[0] in weights.things and known <= weights.most_known:
            bits = max(weights.things[thing[0]] - weights.damping * log2(known - 1), 0.0)
            who = "nobody else shows" if known == 2 else f"{known} identities show"
            yield Reason(
                bits, f"both show one {thing[0]}, which {who}", (*one[thing], *other[thing])
            )
        elif thing[0] in weights.things:
            sentence = f"one {thing[0]}, which {known} identities show, says nothing"
            yield Reason(0.0, sentence, (*one[thing], *other[thing]))


def _called(shown: Shown, pair: Pair, weights: Weights) -> Iterator[Reason]:
    for one, other in (pair, pair[::-1]):
        name = folded(shown.of[other][0].name)
        records = tuple(
            showing.record for showing in shown.of[one]
            if name in {folded(also) for also in showing.also}
        )  # fmt: skip
        if records:
            known = len(shown.named[name])
            bits = max(weights.also - weights.damping * log2(known), 0.0)
            who = "nobody else has" if known == 1 else f"{known} identities have"
            sentence = f"records of one give the other's name too, which {who}"
            births = {shown.of[identity][0].born for identity in pair}
            if len(births) > 1:
                bits = min(bits, weights.also_born_differs)
            yield Reason(bits, sentence, records)
            return


def _names_and_births(shown: Shown, pair: Pair, weights: Weights) -> Iterator[Reason]:
    one, other = (shown.of[identity][0] for identity in pair)
    both = (one.record, other.record)
    if one.born and other.born:
        same = one.born == other.born
        bits = weights.born_same if same else weights.born_differs
        if same and (one.born.month, one.born.day) == (1, 1):
            bits = weights.born_on_new_year
        yield Reason(bits, f"their birth dates {'are the same' if same else 'differ'}", both)
    first, second = (folded(showing.name).split() for showing in (one, other))
    if first and second and first[0] == second[0]:
        yield Reason(weights.given_same, "their given names are the same", both)
    addresses = [
        {thing for thing in shown.things(identity) if thing[0] == "address"} for identity in pair
    ]
    related = bool(first and second) and first[-1] == second[-1] and first[0] != second[0]
    if related and addresses[0] & addresses[1]:
        yield Reason(weights.one_home, "one family name at one address: perhaps relatives", both)


def _apart(shown: Shown, pair: Pair, weights: Weights) -> Iterator[Reason]:
    records = tuple(
        showing.record
        for one, other in (pair, pair[::-1])
        for showing in shown.of[one]
        if other in showing.apart
    )
    if records:
        yield Reason(weights.apart, "they were put together as two people", records)
    for mine in shown.of[pair[0]]:
        for theirs in shown.of[pair[1]]:
            if mine.on == theirs.on and mine.place and theirs.place and mine.place != theirs.place:
                sentence = "they were in two places on one day"
                yield Reason(weights.elsewhere, sentence, (mine.record, theirs.record))
                return


def _bodies(shown: Shown, pair: Pair, weights: Weights) -> Iterator[Reason]:
    one, other = ({s.biometric: s.record for s in shown.of[i] if s.biometric} for i in pair)
    if both := sorted(one.keys() & other.keys()):
        seen = (one[both[0]], other[both[0]])
        yield Reason(weights.biometric, "one biometric reference stands for both", seen)
    elif one and other:
        records = (*one.values(), *other.values())
        yield Reason(-weights.biometric, "their biometric references differ", records)
