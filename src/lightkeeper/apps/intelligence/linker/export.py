"""Person records as one Arrow table, in the columns that linkage knows, read in portions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from django.db import connections, transaction
from numpy.typing import NDArray

from lightkeeper.apps.intelligence import linker, sql
from lightkeeper.apps.intelligence.mentions import properties_of
from lightkeeper.engine.records import SCHEMATA

PORTION = 20_000
KIND = "Person"
IDENTIFIERS = tuple(
    name
    for name, one in SCHEMATA.kind(KIND).properties.items()
    if one.type in ("identifier", "checksum") and name not in ("wikidataId",)
)
# A column of linkage, and the properties whose values go into it. Nationality, ethnicity and
# religion are not compared.
COLUMNS: dict[str, tuple[str, ...]] = {
    "given_name": ("firstName",),
    "family_name": ("lastName", "maidenName"),
    "middle_name": ("middleName", "secondName"),
    "full_name": ("name", "alias", "previousName"),
    "birth_date": ("birthDate",),
    "place": ("birthPlace",),
    "postcode": ("postcode",),
    "address": ("address",),
    "occupation": ("profession", "position"),
    "phone": ("phone",),
    "email": ("email",),
    "identifier": IDENTIFIERS,
    "sex": ("gender",),
}
READ = """
select id, bucket_id, properties, concerns_child from intake_record where kind = %s order by id
"""
# A few records do not make a source: a model is not trained anew for them, because that would tell
# everybody that they came.
READ_SOME = READ.replace("where kind = %s", "where kind = %s and id = any(%s)")
FEWEST_OF_SOURCE = 25
SOURCES = f"""
select a.code, count(*) from intake_record r
  join accounts_bucket b on b.id = r.bucket_id join accounts_agency a on a.id = b.owner_id
 where r.kind = %s group by a.code having count(*) >= {FEWEST_OF_SOURCE}
 order by a.code
"""  # noqa: S608 (a number)

OWNERS_OF = """
select distinct a.code from intake_record r
  join accounts_bucket b on b.id = r.bucket_id join accounts_agency a on a.id = b.owner_id
 where r.id = any(%s) and a.code <> all(%s)
"""
IS_SOURCE = f"""
select count(*) from (
  select 1 from intake_record r join accounts_bucket b on b.id = r.bucket_id
    join accounts_agency a on a.id = b.owner_id
   where r.kind = %s and a.code = %s limit {FEWEST_OF_SOURCE}) few
"""  # noqa: S608 (a number)


@dataclass(frozen=True)
class Exported:
    """The table (one row a record, in the order of their numbers) with its labels and sources."""

    table: pa.Table
    record_ids: NDArray[np.int64]
    buckets: NDArray[np.int32]
    children: NDArray[np.bool_]
    sources: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns in which any record says anything."""
        empty = {name for name in COLUMNS if self.table[name].null_count == self.table.num_rows}
        return tuple(name for name in COLUMNS if name not in empty)


def export_people(among: NDArray[np.int64] | None = None) -> Exported:
    """Every person record there is, or those of these numbers, whose sources are then not said.
    Memory holds the table and one portion of rows.
    """
    with transaction.atomic(using=linker.USING):
        whole = among is None
        of_all = sql.rows(SOURCES, [KIND], using=linker.USING) if whole else []
        sources = tuple(code for code, _ in of_all)
        portions = list(_portions(among))
    ids, buckets, children, batches = zip(*portions, strict=True) if portions else ((),) * 4
    schema = pa.schema([(name, pa.list_(pa.string())) for name in COLUMNS])
    return Exported(
        table=pa.Table.from_batches(batches, schema),
        record_ids=np.concatenate([np.empty(0, np.int64), *ids]),
        buckets=np.concatenate([np.empty(0, np.int32), *buckets]),
        children=np.concatenate([np.empty(0, np.bool_), *children]),
        sources=sources,
    )


Portion = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.bool_], pa.RecordBatch]


def new_sources(record_ids: NDArray[np.int64], known: Sequence[str]) -> list[str]:
    """The agencies of these records that have become a source and were none."""
    given = [record_ids.tolist(), list(known)]
    owners = [code for (code,) in sql.rows(OWNERS_OF, given, using=linker.USING)]
    return [
        code for code in owners
        if sql.rows(IS_SOURCE, [KIND, code], using=linker.USING)[0][0] >= FEWEST_OF_SOURCE
    ]  # fmt: skip


def _portions(among: NDArray[np.int64] | None) -> Iterator[Portion]:
    # A cursor of the server's: the rows stay there until their portion is asked for.
    with connections[linker.USING].chunked_cursor() as cursor:
        if among is None:
            cursor.execute(READ, [KIND])
        else:
            cursor.execute(READ_SOME, [KIND, among.tolist()])
        while rows := cursor.fetchmany(PORTION):
            said = [properties_of(row[2]) for row in rows]
            arrays = [
                pa.array([_values(one, names) for one in said], pa.list_(pa.string()))
                for names in COLUMNS.values()
            ]
            yield (
                np.array([row[0] for row in rows], np.int64),
                np.array([row[1] for row in rows], np.int32),
                np.array([row[3] for row in rows], np.bool_),
                pa.RecordBatch.from_arrays(arrays, names=list(COLUMNS)),
            )


def _values(properties: dict[str, list[str]], names: tuple[str, ...]) -> list[str] | None:
    values = [value for name in names for value in properties.get(name, ())]
    return values or None
