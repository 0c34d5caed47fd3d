"""What people decided and have not undone, as the rules that clusters obey."""

from collections.abc import Iterable
from dataclasses import dataclass

from lightkeeper.apps.intelligence import linker, sql
from lightkeeper.apps.intelligence.choices import Verdict

Pair = tuple[int, int]

STANDING = """
select j.left_id, j.right_id, j.verdict from intelligence_judgement j
 where not exists (select 1 from intelligence_undoing u where u.judgement_id = j.id)
"""
TOUCHING = STANDING + " and (j.left_id = any(%s) or j.right_id = any(%s))"


@dataclass(frozen=True)
class Rules:
    """Pairs that must be and must not be together, in the order in which they were decided.

    Two people may contradict each other, each seeing only a part. What was said to be different
    stays apart, and of what was said to be the same the later one waits: `left_out` counts it.
    """

    same: tuple[Pair, ...]
    different: tuple[Pair, ...]
    judged: frozenset[Pair]
    left_out: int


def standing_verdicts() -> list[tuple[int, int, str]]:
    """Every judgement that stands: record, record, verdict; earliest first."""
    return list(sql.rows(STANDING + " order by j.id", using=linker.USING))


def rules_from(found: Iterable[tuple[int, int, str]]) -> Rules:
    found = list(found)
    different = [(a, b) for a, b, verdict in found if verdict == Verdict.DIFFERENT]
    groups = _Groups(different)
    same = [(a, b) for a, b, verdict in found if verdict == Verdict.SAME and groups.join(a, b)]
    wanted = sum(verdict == Verdict.SAME for _, _, verdict in found)
    return Rules(
        tuple(same),
        tuple(different),
        frozenset((a, b) for a, b, _ in found),
        wanted - len(same),
    )


class _Groups:
    """Records joined so far, and the groups that must stay apart."""

    def __init__(self, different: Iterable[Pair]) -> None:
        self.parent: dict[int, int] = {}
        self.apart: dict[int, set[int]] = {}
        for a, b in different:
            self.apart.setdefault(a, set()).add(b)
            self.apart.setdefault(b, set()).add(a)

    def find(self, record: int) -> int:
        while (above := self.parent.get(record, record)) != record:
            record = above
        return record

    def join(self, one: int, two: int) -> bool:
        """Join them, unless that would join what must stay apart."""
        a, b = self.find(one), self.find(two)
        if a == b:
            return True
        if b in {self.find(x) for x in self.apart.get(a, ())}:
            return False
        self.parent[b] = a
        self.apart.setdefault(a, set()).update(self.apart.get(b, ()))
        for other in self.apart.get(b, ()):
            self.apart.setdefault(self.find(other), set()).add(a)
        return True
