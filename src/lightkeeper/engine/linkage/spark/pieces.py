"""What Spark's Python does with some of the rows: the very code of one machine, on a part.

Tables of whole numbers and texts come and go; what is coded never leaves the piece it was coded in.
A record is its row in the whole table; a saying is its first record.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lightkeeper.engine.linkage.batch import weigh_pairs
from lightkeeper.engine.linkage.blocking import Candidates
from lightkeeper.engine.linkage.clues import block_keys
from lightkeeper.engine.linkage.clusters import Pair, resolve
from lightkeeper.engine.linkage.columns import code_records
from lightkeeper.engine.linkage.database import Resources
from lightkeeper.engine.linkage.model import LinkModel
from lightkeeper.engine.linkage.prepare import Field, prepare
from lightkeeper.engine.linkage.sayings import gives_clue, lasting_numbers

Batches = Iterator[pa.RecordBatch]
Pieces = Callable[[Batches], Batches]
# Spark has its cores at work on other pieces.
ALONE = Resources(threads=1)
WEIGHED = "left long, right long, weight double, other_name double, home double, one_home boolean"


def spark_type(field: Field) -> str:
    return "array<string>" if field.multi else "string"


def prepared_schema(fields: Sequence[Field]) -> str:
    """`saying` numbers what a record says and is null where it gives no clue; then `alone` is the
    record.
    """
    values = [f"`{field.name}` {spark_type(field)}" for field in fields]
    return ", ".join(["record long", "saying long", "alone long", *values])


def prepared_pieces(model: LinkModel, key: bytes) -> Pieces:
    """From rows as they were laid down to prepared ones. `key`: see `lasting_numbers`."""

    def pieces(batches: Batches) -> Batches:
        for batch in batches:
            yield from _prepared(pa.Table.from_batches([batch]), model, key).to_batches()

    return pieces


def _prepared(rows: pa.Table, model: LinkModel, key: bytes) -> pa.Table:
    names = [column.name for column in model.plan.compared]
    prepared, fields = prepare(
        rows.drop_columns("record").rename_columns(names), model.plan, model.fields
    )
    coded = code_records(prepared, fields)
    record, clue = rows["record"].to_numpy(), gives_clue(coded)
    numbers = {
        "record": pa.array(record),
        "saying": pa.array(lasting_numbers(coded, key).view(np.int64), mask=~clue),
        "alone": pa.array(record, mask=clue),
    }
    return pa.table(numbers | {field.name: prepared[field.name] for field in fields})


def key_pieces(fields: Sequence[Field]) -> Pieces:
    """From what sayings say to the blocks they are in."""

    def pieces(batches: Batches) -> Batches:
        for batch in batches:
            rows = pa.Table.from_batches([batch])
            keys = block_keys(code_records(_values(rows, fields), fields))
            first = rows["first"].to_numpy()[keys.row]
            yield pa.record_batch(
                {
                    "block": keys.key.view(np.int64), "first": first,
                    "telling": keys.telling, "enough": keys.enough,
                }
            )  # fmt: skip

    return pieces


KEYS = "block long, first long, telling boolean, enough boolean"


def weighed_schema(model: LinkModel) -> str:
    levels = [f"level_{c} byte, weight_{c} double" for c in range(len(model.comparisons))]
    return ", ".join([WEIGHED, "size_left long", "size_right long", *levels])


def weigh(
    model: LinkModel, values: Callable[[], pa.Table]
) -> Callable[[pa.Table, pa.Table], pa.Table]:
    """From pairs (left, right) and what their sayings say to those that weigh enough, and of how
    many records the two are. `values`: see `common_values`.
    """

    def weighed(pairs: pa.Table, said: pa.Table) -> pa.Table:
        order = np.argsort(said["first"].to_numpy())
        said = said.take(order)
        first, size = said["first"].to_numpy(), said["size"].to_numpy()
        left, right = (np.searchsorted(first, pairs[side].to_numpy()) for side in ("left", "right"))
        order = np.lexsort((right, left))
        coded = code_records(_values(said, model.fields), model.fields, values())
        found = weigh_pairs(coded, model, [Candidates(left[order], right[order])], ALONE)
        columns = {
            "left": first[found.left], "right": first[found.right], "weight": found.weight,
            "other_name": found.other_name, "home": found.home, "one_home": found.one_home,
            "size_left": size[found.left], "size_right": size[found.right],
        }  # fmt: skip
        for c in range(len(model.comparisons)):
            columns[f"level_{c}"] = found.levels[:, c]
            columns[f"weight_{c}"] = found.weights[:, c]
        return pa.table(columns)

    return weighed


def _values(rows: pa.Table, fields: Sequence[Field]) -> pa.Table:
    """As `prepare` gives them, whatever Spark calls the values of a list."""
    kinds = {True: pa.list_(pa.string()), False: pa.string()}
    arrays = {"unique_id": pa.array(np.arange(rows.num_rows))}
    for field in fields:
        arrays[field.name] = rows[field.name].cast(kinds[field.multi])
    return pa.table(arrays)


SUBJECTS = "record long, subject long"


def subjects_in(
    same: Iterable[Pair], different: Iterable[Pair], join_at: float, missing_weight: float
) -> Callable[[pa.Table, pa.Table], pa.Table]:
    """From the records of some parts of the picture and the links within them to the subject of
    each record. What people judged of others is passed over.
    """
    judged_same, judged_different = list(same), list(different)

    def found(members: pa.Table, links: pa.Table) -> pa.Table:
        record = np.sort(members["record"].to_numpy())
        left, right = (np.searchsorted(record, links[side].to_numpy()) for side in LEFT_RIGHT)
        held = np.flatnonzero(links["one_home"].to_numpy(zero_copy_only=False))
        labels = resolve(
            len(record), left, right, links["weight"].to_numpy(),
            _among(record, judged_same), _among(record, judged_different),
            held=zip(left[held].tolist(), right[held].tolist(), strict=True),
            join_at=join_at, reach_at=join_at, missing_weight=missing_weight,
        )  # fmt: skip
        return pa.table({"record": record, "subject": record[labels]})

    return found


LEFT_RIGHT = ("left", "right")


def _among(record: NDArray[np.int64], pairs: Sequence[Pair]) -> list[Pair]:
    """Those of the pairs that are both among these records, by their places."""
    both = np.array(pairs, np.int64).reshape(-1, 2)
    place = np.searchsorted(record, both)
    there = (record[np.minimum(place, len(record) - 1)] == both).all(axis=1)
    return [(one, two) for one, two in place[there].tolist()]
