"""One identity used by several people: its records fall into camps that share nothing, and the
camps take turns, are in two places at once, or have different bodies.
"""

from collections.abc import Iterator
from itertools import combinations, pairwise

from lightkeeper.engine.identities.showing import (
    Finding,
    Kind,
    Reason,
    Showing,
    Shown,
    Weights,
    folded,
)

Camp = list[Showing]


def several_people(shown: Shown, weights: Weights) -> list[Finding]:
    """The identities of which two camps have reasons of at least `several_people_at` in all, each
    by the two that have most; the strongest first.
    """
    found = []
    for identity, showings in sorted(shown.of.items()):
        best: Finding | None = None
        for one, other in combinations(_camps(shown, showings, weights), 2):
            reasons = tuple(
                sorted(_reasons(shown, one, other, weights), key=lambda reason: -reason.bits)
            )
            bits = round(sum(reason.bits for reason in reasons), 2)
            if bits >= weights.several_people_at and (best is None or bits > best.bits):
                best = Finding(Kind.SEVERAL_PEOPLE, (identity,), bits, reasons)
        if best is not None:
            found.append(best)
    return sorted(found, key=lambda one: (-one.bits, one.identities))


def _camps(shown: Shown, showings: Camp, weights: Weights) -> list[Camp]:
    """Records that share a thing or a body, directly or by others; what shows neither is in none.

    A thing that many identities show binds nobody.
    """
    camps: list[tuple[set[object], Camp]] = []
    for one in showings:
        marks: set[object] = {
            thing for thing in one.things if len(shown.by[thing]) <= weights.most_known_in_camp
        }
        if one.biometric:
            marks.add(one.biometric)
        if not marks:
            continue
        mine = [camp for camp in camps if camp[0] & marks]
        camps = [camp for camp in camps if not camp[0] & marks]
        bound = [showing for camp in mine for showing in camp[1]]
        camps.append((marks.union(*(camp[0] for camp in mine)), [*bound, one]))
    found = [sorted(camp, key=lambda one: (one.on, one.record)) for _, camp in camps]
    return sorted(found, key=lambda camp: (camp[0].on, camp[0].record))


def _reasons(shown: Shown, one: Camp, other: Camp, weights: Weights) -> Iterator[Reason]:
    records = tuple(showing.record for showing in (*one, *other))
    for kind, bits in (
        ("phone", weights.other_phone),
        ("address", weights.other_address),
        ("document", weights.other_document),
    ):
        if all(any(thing[0] == kind for s in camp for thing in s.things) for camp in (one, other)):
            yield Reason(bits, f"each has a {kind} of its own", records)
    yield from _in_time(one, other, weights)
    yield from _behind(shown, one, other, weights)
    bodies = [{s.biometric for s in camp if s.biometric} for camp in (one, other)]
    if all(bodies):
        yield Reason(weights.biometric, "their biometric references differ", records)
    if len(shown.named[folded(one[0].name)]) > 1:
        sentence = "others have the name: two people may have it by chance, and a birth date too"
        yield Reason(weights.common_name, sentence, records)


def _behind(shown: Shown, one: Camp, other: Camp, weights: Weights) -> Iterator[Reason]:
    """Each camp shows what another identity shows too, and not the same one."""
    first, second = (_others(shown, camp, weights) for camp in (one, other))
    if first and second and not first & second:
        records = tuple(showing.record for showing in (*one, *other))
        sentence = "each shows what another identity shows, and these are not the same"
        yield Reason(weights.others_behind, sentence, records)
        apart = {
            showing.record: showing.apart
            for identity in first | second
            for showing in shown.of[identity]
            if showing.apart & (second if identity in first else first)
        }
        if apart:
            sentence = "those other identities were put together as two people"
            yield Reason(weights.others_apart, sentence, tuple(sorted(apart)))


def _others(shown: Shown, camp: Camp, weights: Weights) -> set[str]:
    """The other identities that show a thing of this camp which few show and one carries."""
    return {
        other
        for one in camp
        for thing in one.things
        if thing[0] != "address" and len(shown.by[thing]) <= weights.most_known_in_camp
        for other in shown.by[thing]
    } - {camp[0].identity}


def _in_time(one: Camp, other: Camp, weights: Weights) -> Iterator[Reason]:
    records = tuple(showing.record for showing in (*one, *other))
    turns = sorted([(s.on, 0) for s in one] + [(s.on, 1) for s in other])
    changes = sum(a[1] != b[1] for a, b in pairwise(turns))
    if one[-1].on < other[0].on or other[-1].on < one[0].on:
        sentence = "one ends before the other begins: somebody may have moved"
        yield Reason(weights.one_after_the_other, sentence, records)
    elif changes > 1:
        yield Reason(weights.back_and_forth, "they take turns", records)
    for mine in one:
        for theirs in other:
            if mine.on == theirs.on and mine.place and theirs.place and mine.place != theirs.place:
                sentence = "in two places on one day"
                yield Reason(-weights.elsewhere, sentence, (mine.record, theirs.record))
                return
