"""Records standing ready to be compared: prepared, as codes, their blocks found once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pyarrow as pa

from lightkeeper.engine.linkage.blocking import Blocks, blocks_of
from lightkeeper.engine.linkage.columns import Coded, code_records
from lightkeeper.engine.linkage.plan import ComparisonPlan
from lightkeeper.engine.linkage.prepare import Field, prepare


@dataclass
class Loaded:
    """Records that stand ready; the blocks are found once and kept."""

    prepared: pa.Table
    fields: tuple[Field, ...]
    values: pa.Table | None = None
    known: dict[tuple[int, int | None], Blocks] = field(default_factory=dict)

    @cached_property
    def coded(self) -> Coded:
        return code_records(self.prepared, self.fields, self.values)

    def blocks(self, pairs_per_record: int, block_size: int | None = None) -> Blocks:
        wanted = pairs_per_record, block_size
        if wanted not in self.known:
            self.known[wanted] = blocks_of(
                self.coded, pairs_per_record=pairs_per_record, block_size=block_size
            )
        return self.known[wanted]


def load(
    table: pa.Table,
    plan: ComparisonPlan,
    fields: Sequence[Field] | None = None,
    values: pa.Table | None = None,
) -> Loaded:
    """The records of the table; without `fields`, every planned one that has a value.

    How common a value is comes from the table itself, or from `values` (see `common_values`).
    """
    prepared, found = prepare(table, plan, fields)
    if fields is None:
        found = tuple(f for f in found if prepared[f.name].null_count < prepared.num_rows)
    return Loaded(prepared, found, values)
