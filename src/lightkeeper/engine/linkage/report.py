"""What a model learnt, in plain words and numbers: for its page, and as text for a saved one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lightkeeper.engine.linkage.model import Comparison, LinkModel
from lightkeeper.engine.linkage.plan import Subject
from lightkeeper.engine.linkage.seen import below

# A bar of text for so many bits at most.
WIDTH = 24
SORTS = {
    "other name": "{one} under another name",
    "home": "{two} of one home",
    "group": "{two} of one group",
    "twins": "twins",
    "parent and child": "a parent and child of one name",
}


@dataclass(frozen=True)
class LevelShown:
    """One way two records can compare: its bits, and in what share of pairs it is seen.

    `m` of pairs of one subject, `u` of pairs of two, each 0 to 1.
    """

    sentence: str
    bits: float
    m: float
    u: float
    by_frequency: bool


@dataclass(frozen=True)
class ComparisonShown:
    """The levels of one comparison, and in a sentence how far it can tell."""

    name: str
    sentence: str
    levels: tuple[LevelShown, ...]


@dataclass(frozen=True)
class Bin:
    """A share of weights from `bits` to one bit more."""

    bits: int
    share: float


@dataclass(frozen=True)
class Seen:
    """How records can be told and pairs weigh, as training saw it; None where it was not kept.

    `unlinkable`: the share of records whose best possible weight is below the one that joins;
    `unsure`: of those below the weight `sure_at`, without which nothing is joined unasked.
    """

    records: int
    unlinkable: float
    unsure: float
    best: tuple[Bin, ...]
    pairs_counted: int
    pairs: tuple[Bin, ...]


@dataclass(frozen=True)
class Report:
    """What a model learnt; `sentences` say it in words. Weights in bits."""

    version: str
    comparisons: tuple[ComparisonShown, ...]
    prior: float
    prior_bits: float
    join_at: float
    review_at: float
    missing_weight: float
    records: int | None
    pairs: int | None
    others: tuple[tuple[str, float], ...]
    notes: tuple[str, ...]
    seen: Seen | None
    sentences: tuple[str, ...]
    subject: Subject = Subject.PERSON


def report_of(model: LinkModel, sure_at: float | None = None) -> Report:
    """The report of a model. `sure_at`: bits from which a pair alone is joined, if that is more
    than the model says.
    """
    training = model.training
    sure = max(model.join_at, sure_at if sure_at is not None else model.join_at)
    seen = _seen(training.get("seen"), sure)
    records, pairs = training.get("records"), training.get("pairs")
    others = model.homes.others if model.homes else ()
    subject = model.plan.subject
    return Report(
        version=model.version,
        comparisons=tuple(_comparison(one, subject) for one in model.comparisons),
        prior=model.prior,
        prior_bits=model.prior_weight,
        join_at=model.join_at,
        review_at=model.review_at,
        missing_weight=model.missing_weight,
        records=records,
        pairs=pairs,
        others=tuple((_sort(other.sort, subject), other.odds) for other in others),
        notes=tuple(training.get("notes", ())),
        seen=seen,
        sentences=tuple(_sentences(model, records, pairs, seen)),
        subject=subject,
    )


def _sort(sort: str, subject: Subject) -> str:
    return SORTS.get(sort, sort).format(one=subject.one, two=subject.two)


def _comparison(comparison: Comparison, subject: Subject) -> ComparisonShown:
    levels = tuple(
        LevelShown(level.sentence, level.weight, level.m, level.u, level.by_frequency)
        for level in comparison.levels
    )
    best, worst = max(levels, key=_bits), min(levels, key=_bits)
    sentence = (
        f"Speaks for {subject.one} with up to {best.bits:.1f} bits and against with up to "
        f"{-worst.bits:.1f}."
        if worst.bits < 0 < best.bits
        else "Tells little: it speaks one way only."
    )
    return ComparisonShown(comparison.name, sentence, levels)


def _bits(level: LevelShown) -> float:
    return level.bits


def _seen(said: Mapping[str, Any] | None, sure: float) -> Seen | None:
    if said is None:
        return None
    best, pairs = said["best"], said["pairs"]
    return Seen(
        best["of"], said["unlinkable"], below(best, sure), _bins(best), pairs["of"], _bins(pairs)
    )


def _bins(found: Mapping[str, Any]) -> tuple[Bin, ...]:
    return tuple(Bin(found["from"] + at, share) for at, share in enumerate(found["shares"]))


def _sentences(
    model: LinkModel, records: int | None, pairs: int | None, seen: Seen | None
) -> Iterator[str]:
    if records is not None and pairs is not None:
        yield f"Learnt from {records:,} records, of which {pairs:,} pairs were worth comparing."
    yield (
        f"Before anything is compared, one pair in {1 / model.prior:,.0f} is held to be of "
        f"{model.plan.subject.one}: {model.prior_weight:+.1f} bits."
    )
    strongest = max(model.comparisons, key=_strength, default=None)
    if strongest is not None:
        yield f"What tells most is the {strongest.name}."
    yield (
        f"Pairs join from {model.join_at:+.1f} bits, a person is asked from "
        f"{model.review_at:+.1f}, and what is not above {model.missing_weight:+.1f} is not kept."
    )
    if seen is not None:
        yield (
            f"{share(seen.unlinkable)} of the records say too little to be joined with any other, "
            f"even with one that says the same."
            if seen.unlinkable
            else "Every record says enough to be joined with one that says the same."
        )
    if any(level.by_frequency for one in model.comparisons for level in one.levels):
        yield (
            "Of values that are the same, a rare one says more than a common one; the bits shown "
            "are those of the average."
        )
    if model.homes is not None:
        people = model.plan.subject is Subject.PERSON
        several = "People of one home" if people else "Several of one group"
        yield f"{several} were met often enough to be told from {model.plan.subject.one}."


def _strength(comparison: Comparison) -> float:
    """How far apart the levels of one subject and of two are, in bits: what it tells on average."""
    return sum((level.m - level.u) * level.weight for level in comparison.levels)


def share(of_one: float) -> str:
    """`3.4%`; a share that rounds to nothing or to all is said to be less, or more."""
    if 0 < of_one < 0.001:
        return "less than 0.1%"
    if 0.999 < of_one < 1:
        return "more than 99.9%"
    return f"{of_one:.1%}"


def as_text(report: Report) -> str:
    """The report for a terminal, its charts drawn with letters."""
    lines = [f"Model {report.version}", "", *report.sentences]
    if report.others:
        lines += ["", f"For one pair of {report.subject.one} under one name there are:"]
        lines += [f"  {odds:8.3f} of {sort}" for sort, odds in report.others]
    most = max((abs(one.bits) for c in report.comparisons for one in c.levels), default=1.0)
    for comparison in report.comparisons:
        lines += ["", comparison.name.capitalize(), f"  {comparison.sentence}"]
        lines += [f"  {_bar(one.bits, most)} {one.bits:+6.1f}  {one.sentence} "
                  f"({share(one.m)} of {report.subject.one}, {share(one.u)} of two)"
                  for one in comparison.levels]  # fmt: skip
    if report.seen is not None:
        seen = report.seen
        lines += ["", f"Best possible weight of {seen.records:,} records", *_drawn(seen.best)]
        lines += ["", f"Weights of {seen.pairs_counted:,} pairs", *_drawn(seen.pairs)]
    if report.notes:
        lines += ["", "Notes of training", *(f"  {note}" for note in report.notes)]
    return "\n".join(lines) + "\n"


def _bar(bits: float, most: float) -> str:
    """Against to the left of the line, for to the right."""
    half = WIDTH // 2
    length = round(half * abs(bits) / most)
    left, right = (length, 0) if bits < 0 else (0, length)
    return f"{'-' * left:>{half}}|{'+' * right:<{half}}"


def _drawn(bins: tuple[Bin, ...]) -> list[str]:
    """Bins of four bits, so that a screen holds them."""
    wide: dict[int, float] = {}
    for one in bins:
        wide[one.bits // 4 * 4] = wide.get(one.bits // 4 * 4, 0.0) + one.share
    most = max(wide.values(), default=1.0)
    return [
        f"  {bits:+4d} to {bits + 4:+4d}  {'#' * round(2 * WIDTH * part / most)} {share(part)}"
        for bits, part in wide.items()
    ]
