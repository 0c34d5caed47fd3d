"""Records standing ready to be compared: prepared, as codes, their blocks found once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pyarrow as pa

from lightkeeper.engine.linkage.blocking import Blocks, blocks_of
from lightkeeper.engine.linkage.columns import Coded, code_records, count_again
from lightkeeper.engine.linkage.plan import ComparisonPlan
from lightkeeper.engine.linkage.prepare import Field, prepare
from lightkeeper.engine.linkage.sayings import (
    Alike,
    Sayings,
    alike,
    allowed_pairs,
    sayings_of,
)


@dataclass(frozen=True)
class Together:
    """Sayings, and the blocks that bring them together."""

    sayings: Sayings
    blocks: Blocks


@dataclass
class Loaded:
    """Records that stand ready; what brings them together is found once and kept."""

    prepared: pa.Table
    fields: tuple[Field, ...]
    values: pa.Table | None = None
    known: dict[tuple[int, int | None, int | None, int], Together] = field(default_factory=dict)

    @cached_property
    def coded(self) -> Coded:
        """How common a value is does not come from one person who is reported very often: without
        `values` two records of a saying count; what a placeholder says is as common as it is.
        """
        coded = self._as_said
        counted = self.alike.two_of_each()
        if self.values is None and len(counted) < coded.rows:
            count_again(coded, counted, self.alike.rest_of_placeholders())
        return coded

    @cached_property
    def _as_said(self) -> Coded:
        return code_records(self.prepared, self.fields, self.values)

    @cached_property
    def alike(self) -> Alike:
        return alike(self._as_said)

    def together(
        self,
        pairs_per_record: int,
        block_size: int | None = None,
        most_alike: int | None = None,
        telling_size: int | None = None,
    ) -> Together:
        """With `block_size` and `telling_size` blocks of so many sayings (see `blocks_of`), with
        `most_alike` sayings of so many records; without them as many as the number of pairs allows.
        """
        if most_alike is None:
            most_alike = self.alike.fitting(allowed_pairs(self.coded.rows, pairs_per_record))
        wanted = pairs_per_record, block_size, telling_size, most_alike
        if wanted not in self.known:
            sayings = sayings_of(self.coded, self.alike, most_alike)
            blocks = blocks_of(
                sayings.coded,
                pairs_per_record=pairs_per_record,
                block_size=block_size,
                telling_size=telling_size,
            )
            self.known[wanted] = Together(sayings, blocks)
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
