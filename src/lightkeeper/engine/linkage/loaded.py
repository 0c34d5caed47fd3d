"""Records standing ready to be compared: prepared, as codes, their blocks found once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pyarrow as pa

from lightkeeper.engine.linkage.blocking import Blocks, blocks_of
from lightkeeper.engine.linkage.columns import Coded, code_records, count_again
from lightkeeper.engine.linkage.plan import ComparisonPlan
from lightkeeper.engine.linkage.prepare import Field, prepare
from lightkeeper.engine.linkage.sayings import Alike, Sayings, alike, sayings_of
from lightkeeper.engine.linkage.sizes import Sizes


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
    known: dict[tuple[int, Sizes | None], Together] = field(default_factory=dict)

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

    @cached_property
    def sayings(self) -> Sayings:
        return sayings_of(self.coded, self.alike)

    def together(self, pairs_per_record: int, sizes: Sizes | None = None) -> Together:
        """With `sizes` blocks of so many sayings (see `blocks_of`); without them of as many as the
        number of pairs allows.
        """
        wanted = pairs_per_record, sizes
        if wanted not in self.known:
            blocks = blocks_of(self.sayings.coded, pairs_per_record=pairs_per_record, sizes=sizes)
            self.known[wanted] = Together(self.sayings, blocks)
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
