"""A linked table that stands ready for more: what comes is compared with what it may be, no more.

Two records are compared where they say the same, or where what they say shares enough small blocks
(`sizes.py`, `blocking.py`, `sayings.py`). A record that comes or goes changes only the blocks of
what it says, so what follows from it is worked out from those alone
(`moving.py`), and comes out as linking everything again would give it.
"""

# ruff: noqa: S608  (names of fields are made in prepare.py from the kinds, never from a file)

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from lightkeeper.engine.errors import ConflictError, FormatError
from lightkeeper.engine.linkage.batch import Links, Progress, link_loaded, quiet, record_ids_of
from lightkeeper.engine.linkage.clues import block_keys
from lightkeeper.engine.linkage.columns import code_records
from lightkeeper.engine.linkage.database import USUAL, Resources, open_database
from lightkeeper.engine.linkage.loaded import Loaded, load
from lightkeeper.engine.linkage.model import LinkModel, model_from_json
from lightkeeper.engine.linkage.moving import Moving, put
from lightkeeper.engine.linkage.prepare import prepare
from lightkeeper.engine.linkage.sayings import gives_clue, lasting_numbers
from lightkeeper.engine.linkage.sizes import Sizes

FORMAT = "lightkeeper-standing/4"
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Change:
    """What follows from records that came and went.

    `links`: the pairs that are compared from now on, of the records in `links.record_ids`; a pair
    that was compared before may be among them, and weighs what it weighed. `parted` (q, 2): ids of
    records that are compared no more, because a block they shared has grown too large, or because
    one of them does not stand for what it says any more. What touches a record that went is not
    told. A pair in `parted` may not have been compared before.
    """

    links: Links
    parted: Numbers


def link_and_keep(
    path: Path,
    table: pa.Table,
    model: LinkModel,
    values: pa.Table,
    *,
    resources: Resources = USUAL,
    progress: Progress = quiet,
) -> Links:
    """As `batch.link`, and everything that the next change needs is kept in the file `path`.

    The file is there whole or not at all. Raises: ShapeError if two rows have one record_id.
    """
    record_ids = record_ids_of(table)
    progress("preparing", 0.0)
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    loaded = load(table, model.plan, model.fields, values)
    links = link_loaded(loaded, model, record_ids, resources, progress)
    progress("keeping", 0.95)
    with open_database(resources) as connection:
        _write(connection, loaded, new, values, links)
    os.replace(new, path)
    return links


def _write(
    connection: duckdb.DuckDBPyConnection,
    loaded: Loaded,
    path: Path,
    values: pa.Table,
    links: Links,
) -> None:
    record_ids, key = links.record_ids, secrets.token_bytes(32)
    connection.execute(f"ATTACH '{_quoted(path)}' AS standing")
    told = [("format", FORMAT), ("engine", duckdb.__version__), ("model", links.model.to_json()),
            ("sizes", json.dumps(asdict(links.sizes))),
            ("most_alike", str(links.most_alike)), ("records", str(len(record_ids))),
            ("key", key.hex())]  # fmt: skip
    connection.execute("CREATE TABLE standing.told (name VARCHAR, said VARCHAR)")
    connection.executemany("INSERT INTO standing.told VALUES ($1, $2)", told)
    number = lasting_numbers(loaded.coded, key)
    clue = gives_clue(loaded.coded)
    tables = {
        "known_values": (values, ""),
        "people": (loaded.prepared.set_column(0, "record", [record_ids]), "ORDER BY record"),
        "says": (pa.table({"record": record_ids[clue], "saying": number[clue]}), "ORDER BY record"),
        "keyed": (_keys(loaded, number), "ORDER BY block"),
    }
    for name, (table, order) in tables.items():
        connection.register("given", table)
        connection.execute(f"CREATE TABLE standing.{name} AS SELECT * FROM given {order}")
        connection.unregister("given")
    connection.execute("DETACH standing")


def _keys(loaded: Loaded, number: NDArray[np.uint64]) -> pa.Table:
    """Each block that each saying is in."""
    sayings = loaded.sayings
    keys = block_keys(sayings.coded)
    saying = number[sayings.records[sayings.start[:-1]]][keys.row]
    return pa.table(
        {"block": keys.key, "saying": saying, "telling": keys.telling, "enough": keys.enough}
    )


class Standing:
    """The file, opened for one process; another that wants it is refused until this one closes."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, told: dict[str, str]) -> None:
        self._connection = connection
        self.model = model_from_json(told["model"])
        self.sizes = Sizes(**json.loads(told["sizes"]))
        self.most_alike = int(told["most_alike"])
        self._key = bytes.fromhex(told["key"])
        self.made_with = int(told["records"])
        self._values = connection.sql("SELECT * FROM standing.known_values").to_arrow_table()

    @classmethod
    @contextmanager
    def open(cls, path: Path, *, resources: Resources = USUAL) -> Iterator[Self]:
        """Raises: FormatError if the file is not one, is damaged, is held by another process, or is
        of another release of DuckDB.
        """
        if not path.is_file():
            raise FormatError(f"There is no file {path.name}. Link everything to make it.")
        with ExitStack() as stack:
            connection = stack.enter_context(open_database(resources))
            try:
                connection.execute(f"ATTACH '{_quoted(path)}' AS standing")
                told = dict(connection.execute("SELECT name, said FROM standing.told").fetchall())
                if (told["format"], told["engine"]) != (FORMAT, duckdb.__version__):
                    raise FormatError(f"The file {path.name} is of another release.")
                standing = cls(connection, told)
            except (duckdb.Error, KeyError, TypeError, ValueError) as error:
                raise FormatError(f"The file {path.name} cannot be read: {error}") from error
            yield standing

    @property
    def record_ids(self) -> Numbers:
        """Of every record, ascending."""
        return self._column("SELECT record FROM standing.people ORDER BY record")

    def __len__(self) -> int:
        return self._number("SELECT count(*) FROM standing.people")

    @contextmanager
    def changing(self, added: pa.Table, removed: ArrayLike = ()) -> Iterator[Change]:
        """Work out what follows from these records coming and going. It is kept when the block
        ends, and not if it ends with an error: what the caller writes elsewhere comes first.

        Shapes: added (n, columns) as planned in the model, with `record_id` int64; removed (m,)
            record ids, of which those that are not there are passed over.
        Raises: ConflictError naming a record that is there already and does not go; FormatError
            where what follows is too much: link everything.
        """
        self._take_in(added, np.unique(np.atleast_1d(np.asarray(removed, np.int64))))
        moving = Moving(
            self._connection, self.model, self._values, self.sizes, self.most_alike,
        )  # fmt: skip
        moving.count()
        links, parted = moving.gained(), moving.parted()
        yield Change(links, parted)
        self._keep(moving)

    def _take_in(self, added: pa.Table, removed: Numbers) -> None:
        ids = record_ids_of(added)
        put(self._connection, "leaving", pa.table({"record": removed}))
        prepared, _ = prepare(added, self.model.plan, self.model.fields)
        coded = code_records(prepared, self.model.fields, self._values)
        saying = pa.array(lasting_numbers(coded, self._key), mask=~gives_clue(coded))
        coming = prepared.set_column(0, "record", [ids]).append_column("saying", saying)
        put(self._connection, "coming", coming)
        there = self._column(
            "SELECT record FROM coming SEMI JOIN standing.people USING (record) "
            "ANTI JOIN leaving USING (record) ORDER BY record LIMIT 1"
        )
        if len(there):
            raise ConflictError(f"Record {there[0]} is there already.")

    def _keep(self, moving: Moving) -> None:
        run = self._connection.execute
        run("BEGIN")
        try:
            moving.keep()
            run("COMMIT")
        except duckdb.Error:
            with suppress(duckdb.Error):
                run("ROLLBACK")
            raise

    def _column(self, question: str) -> Numbers:
        found = self._connection.sql(question).to_arrow_table()
        return np.asarray(found.column(0).to_numpy(), np.int64)

    def _number(self, question: str) -> int:
        return int(self._connection.execute(question).fetchall()[0][0])


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
