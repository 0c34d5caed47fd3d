"""Which pairs are apart in the picture of some viewer, who sees records of some labels only.

A review queue that were kept for the whole picture would tell a viewer what is hidden from them: a
pair that waits would stop waiting because a hidden record joins it. So beside each link it is kept
whether anybody's picture may hold the two apart, and the queue works out whose.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from lightkeeper.apps.intelligence.choices import Verdict
from lightkeeper.apps.intelligence.linker.judged import rules_from
from lightkeeper.engine.linkage.clusters import REACH_BITS, components, resolve

Said = tuple[int, int, str]
# Of a part with more labels or records than this, every pair may wait: working out each picture
# would cost more than asking when somebody looks.
MOST_LABELS = 5
MOST_RECORDS = 400


@dataclass(frozen=True)
class Seen:
    """What one picture is worked out from: so many records by row, the links between rows and the
    verdicts on them. The whole, what a viewer sees, or a part of either.

    Shapes: left, right, weight, held (p,). Verdicts: row, row, what was said, in the order in which
    it was.
    """

    count: int
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    weight: NDArray[np.float64]
    held: NDArray[np.bool_]
    verdicts: Sequence[Said]
    join_at: float
    missing: float

    @classmethod
    def of(
        cls, ids: Sequence[int], links: Sequence[tuple[int, int, float, bool]],
        verdicts: Iterable[Said], join_at: float, missing: float,
    ) -> "Seen":  # fmt: skip
        """From records by number, which ascend, and links and verdicts among them."""
        numbers = np.array(ids, np.int64)
        return cls(
            len(numbers),
            np.searchsorted(numbers, np.array([one[0] for one in links], np.int64)),
            np.searchsorted(numbers, np.array([one[1] for one in links], np.int64)),
            np.array([one[2] for one in links], np.float64),
            np.array([one[3] for one in links], bool),
            rows_of(numbers, verdicts),
            join_at,
            missing,
        )

    def clusters(self) -> NDArray[np.int64]:
        """The earliest row of the cluster of each row."""
        rules = rules_from(self.verdicts)
        return resolve(
            self.count,
            self.left,
            self.right,
            self.weight,
            rules.same,
            rules.different,
            held=zip(self.left[self.held].tolist(), self.right[self.held].tolist(), strict=True),
            join_at=self.join_at,
            missing_weight=self.missing,
        )

    def components(self) -> NDArray[np.int64]:
        """The earliest row of the part of each row: nobody's subject goes beyond one."""
        sure = self.weight >= REACH_BITS
        same = [(a, b) for a, b, verdict in self.verdicts if verdict == Verdict.SAME]
        return components(self.count, self.left[sure], self.right[sure], same)

    def among(
        self, rows: NDArray[np.int64], links: NDArray[np.int64], verdicts: Iterable[Said]
    ) -> "Seen":
        """The same of these rows (ascending) alone, of the links and the verdicts that are given
        those between them.
        """
        return Seen(
            len(rows),
            np.searchsorted(rows, self.left[links]),
            np.searchsorted(rows, self.right[links]),
            self.weight[links],
            self.held[links],
            rows_of(rows, verdicts),
            self.join_at,
            self.missing,
        )


def may_wait(
    whole: Seen,
    labels: NDArray[np.int32],
    clusters: NDArray[np.int64],
    parts: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Whether each link's ends are apart in the picture of the whole or of any set of labels.

    Shapes: labels (n,) of the records; clusters, parts (n,) as the whole gives them; returns (p,)
        bool.
    """
    apart = clusters[whole.left] != clusters[whole.right]
    inside = np.nonzero(parts[whole.left] == parts[whole.right])[0]
    mixed = _mixed(parts, labels)
    inside = inside[np.isin(parts[whole.left[inside]], mixed)]
    links_of = _by(parts[whole.left[inside]], inside)
    rows = np.nonzero(np.isin(parts, mixed))[0]
    verdicts_of = _verdicts_by_part(whole, parts)
    for part, members in _by(parts[rows], rows).items():
        links = links_of.get(part, np.empty(0, np.int64))
        apart[links] |= _apart_in(whole, labels, members, links, verdicts_of.get(part, []))
    return apart


def _apart_in(
    whole: Seen, labels: NDArray[np.int32], members: NDArray[np.int64], links: NDArray[np.int64],
    verdicts: Sequence[Said],
) -> NDArray[np.bool_]:  # fmt: skip
    """The same for the links of one part of several labels."""
    found = np.zeros(len(links), bool)
    known = np.unique(labels[members])
    if len(known) > MOST_LABELS or len(members) > MOST_RECORDS:
        return ~found
    if _all_agree(whole, len(members), links, verdicts):
        return found
    for size in range(1, len(known)):
        for seen in combinations(known.tolist(), size):
            rows = members[np.isin(labels[members], seen)]
            ends = np.isin(whole.left[links], rows) & np.isin(whole.right[links], rows)
            if ends.any():
                picture = whole.among(rows, links[ends], verdicts)
                clusters = picture.clusters()
                found[ends] |= clusters[picture.left] != clusters[picture.right]
    return found


def _all_agree(
    whole: Seen, records: int, links: NDArray[np.int64], verdicts: Sequence[Said]
) -> bool:
    """Whether every two records of a part would join by themselves: then any of them do."""
    return (
        len(links) == records * (records - 1) // 2
        and bool((whole.weight[links] >= max(REACH_BITS, whole.join_at)).all())
        and not whole.held[links].any()
        and not verdicts
    )


def _mixed(parts: NDArray[np.int64], labels: NDArray[np.int32]) -> NDArray[np.int64]:
    """The parts with records of more than one label."""
    pairs = np.unique(np.column_stack([parts, labels.astype(np.int64)]), axis=0)
    names, counts = np.unique(pairs[:, 0], return_counts=True)
    return np.asarray(names[counts > 1], np.int64)


def _by(keys: NDArray[np.int64], values: NDArray[np.int64]) -> dict[int, NDArray[np.int64]]:
    """The values of each key, in their order."""
    if not len(keys):
        return {}
    order = np.argsort(keys, kind="stable")
    names, starts = np.unique(keys[order], return_index=True)
    return dict(zip(names.tolist(), np.split(values[order], starts[1:]), strict=True))


def _verdicts_by_part(whole: Seen, parts: NDArray[np.int64]) -> dict[int, list[Said]]:
    found: dict[int, list[Said]] = {}
    for one in whole.verdicts:
        found.setdefault(int(parts[one[0]]), []).append(one)
    return found


def rows_of(record_ids: NDArray[np.int64], verdicts: Iterable[Said]) -> list[Said]:
    """Verdicts on records as verdicts on rows; a record that is not among them is left out."""
    said = list(verdicts)
    if not said or not len(record_ids):
        return []
    wanted = np.array([one[:2] for one in said], np.int64)
    place = np.minimum(np.searchsorted(record_ids, wanted), len(record_ids) - 1)
    there = (record_ids[place] == wanted).all(axis=1)
    return [
        (int(one), int(two), verdict)
        for (one, two), (_, _, verdict), known in zip(place, said, there, strict=True)
        if known
    ]
