"""Reading a file of ties between the rows of the files that are linked, and counting them in."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa

from lightkeeper.engine.linkage.batch import Links
from lightkeeper.engine.linkage.collective import Cluster, Together, say_birth_dates, with_ties
from lightkeeper.engine.linkage.files import read_table
from lightkeeper.engine.linkage.plan import ComparisonPlan, Kind
from lightkeeper.engine.linkage.ties import Ties, ties_from

Say = Callable[[str], None]


def read_ties(path: Path, table: pa.Table, plan: ComparisonPlan, say: Say) -> Ties:
    """The ties of a CSV or Parquet file, between records as the table calls them: by the column
    `record_id`, or by what the plan took for one, or by their row, counted from 1.

    Raises: FormatError that names the line.
    """
    ids, called = _ids(table, plan)
    ties = ties_from(read_table(path, say), ids, path.name)
    left_out = [
        f"{count} {why}"
        for count, why in (
            (ties.to_itself, "of a record to itself"),
            (ties.said_nothing, "with a key that says nothing"),
        )
        if count
    ]
    passed = f" Passed over: {' and '.join(left_out)}." if left_out else ""
    say(f"{path.name}: {len(ties)} ties of {', '.join(ties.kinds)}; records by {called}.{passed}")
    return ties


def _ids(table: pa.Table, plan: ComparisonPlan) -> tuple[Sequence[str | None], str]:
    named = [name for name in ("record_id",) if name in table.column_names]
    for name in [*named, *plan.of(Kind.RECORD_ID)]:
        said = table[name].to_pylist()
        return [None if one is None else str(one).strip() for one in said], f"their {name}"
    return [str(row) for row in range(1, table.num_rows + 1)], "their row, the first being 1"


def count_in(ties: Ties, links: Links, table: pa.Table, cluster: Cluster, say: Say) -> Together:
    """The links with what the ties add, said aloud with what was learnt."""
    found = with_ties(links, ties, cluster, dated=say_birth_dates(table, links.model))
    for weight in found.weights.learnt:
        say(weight.sentence)
    assert found.links.tied is not None
    rounds = "1 round" if found.rounds == 1 else f"{found.rounds} rounds"
    ended = "" if found.settled else "; more rounds would have raised others"
    say(
        f"Ties raised {found.links.tied.raised} pairs, by at most "
        f"{found.links.tied.bits.max(initial=0.0):.1f} bits, in {rounds}{ended}."
    )
    return found
