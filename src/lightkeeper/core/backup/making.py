"""Making a backup: the database as of one moment, every byte that it names, and a manifest.

Bytes of reports are written before the row that names them and never changed, so whatever a
snapshot of the database names is in the store when the snapshot has been taken.
"""

import hashlib
import json
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql

from lightkeeper.core.backup.sealed import Reader, Writer, damaged
from lightkeeper.core.errors import Refused

DUMP, MANIFEST = "database.dump", "manifest.json"
FOLDERS = ("keys", "checkpoints", "models")
# Everybody signs in again after a restore.
NOT_KEPT = ("sec.session", "sec.context")
BLOCK_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Manifest:
    """What stands in a backup, for comparing with what comes out of it."""

    made_at: str
    server: str
    migrations: list[list[str]]
    rows: dict[str, int]
    audit_size: int
    audit_root: str
    members: dict[str, list[Any]] = field(default_factory=dict)  # name: [bytes, sha256]


@dataclass(frozen=True)
class Source:
    """What is backed up: a database that may be read whole, its programs, the folders of files."""

    url: str
    programs: Path
    var: Path
    blobs: Path


def make(source: Source, to: Path, key: bytes | None, say: Callable[[str], None]) -> Manifest:
    """Write the backup beside its place, read it through, and only then put it there.

    Raises: Refused if there is a file, a named byte is missing, or what was written is not whole.
    """
    if to.exists():
        raise Refused("backup.there", f"{to} is there already, and is not written over.")
    making = to.with_name(f".{to.name}.{os.getpid()}")
    try:
        with making.open("xb") as out:
            manifest = _write(source, out, key, say)
            out.flush()
            os.fsync(out.fileno())
        say("reading it through")
        with making.open("rb") as file:
            found = inspect(file, key)
        if found != manifest:
            raise damaged("What was written is not what was read. Is the disk sound?")
        making.replace(to)
    except OSError as error:
        raise Refused("backup.written", f"{to} cannot be written: {error.strerror}.") from error
    finally:
        making.unlink(missing_ok=True)
    return manifest


def _write(
    source: Source, out: IO[bytes], key: bytes | None, say: Callable[[str], None]
) -> Manifest:
    writer = Writer(out, key)
    sealing: Any = writer  # as much of a file as a stream of members asks for
    members: dict[str, list[Any]] = {}
    with (
        psycopg.connect(source.url) as connection,
        tempfile.TemporaryDirectory() as folder,
        tarfile.open(fileobj=sealing, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        connection.execute("set transaction isolation level repeatable read, read only")
        manifest, digests = _look(connection)
        dump = Path(folder) / DUMP
        say("the database")
        _dump(source, connection, dump)
        _add(tar, members, DUMP, dump)
        say(f"{len(digests)} reports as they came")
        for name, path in _files(source, digests):
            _add(tar, members, name, path)
        manifest = Manifest(**{**asdict(manifest), "members": members})
        text = json.dumps(asdict(manifest), sort_keys=True).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(text)
        tar.addfile(entry, BytesIO(text))
    writer.close()
    return manifest


def _look(connection: psycopg.Connection) -> tuple[Manifest, list[str]]:
    tables = [
        row[0]
        for row in connection.execute(
            "select tablename from pg_tables where schemaname = 'public' order by 1"
        )
    ]
    rows = {}
    for table in tables:
        counted = connection.execute(
            sql.SQL("select count(*) from {}").format(sql.Identifier("public", table))
        )
        rows[table] = int((counted.fetchone() or (0,))[0])
    seal = connection.execute(
        "select size, encode(root, 'hex') from audit_seal order by size desc limit 1"
    ).fetchone() or (0, "")
    migrations = connection.execute("select app, name from django_migrations order by 1, 2")
    manifest = Manifest(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        server=str(connection.info.server_version),
        migrations=[list(row) for row in migrations],
        rows=rows,
        audit_size=int(seal[0]),
        audit_root=str(seal[1]),
    )
    named = connection.execute("select distinct digest from intake_report order by 1")
    return manifest, [row[0] for row in named]


def _dump(source: Source, connection: psycopg.Connection, to: Path) -> None:
    snapshot = connection.execute("select pg_export_snapshot()").fetchone()
    assert snapshot is not None
    left_out = [f"--exclude-table-data={table}" for table in NOT_KEPT]
    run(
        source.programs, "pg_dump", "--format=custom", "--compress=1", f"--file={to}",
        f"--snapshot={snapshot[0]}", *left_out, f"--dbname={source.url}",
    )  # fmt: skip


def run(programs: Path, program: str, *arguments: str) -> None:
    """Raises: Refused with what the program said."""
    done = subprocess.run(
        [str(programs / program), *arguments],
        text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    if done.returncode:
        raise Refused("backup.program", f"{program} failed: {done.stdout.strip()[-500:]}")


def _files(source: Source, digests: list[str]) -> Iterator[tuple[str, Path]]:
    for digest in digests:
        path = source.blobs / digest[:2] / digest
        if not path.exists():
            raise Refused("backup.lost", f"The bytes {digest} of a report are not in the store.")
        yield f"blobs/{digest[:2]}/{digest}", path
    for folder in FOLDERS:
        for path in sorted((source.var / folder).rglob("*")):
            if path.is_file():
                yield str(path.relative_to(source.var)), path


def _add(tar: tarfile.TarFile, members: dict[str, list[Any]], name: str, path: Path) -> None:
    size, digest = _digest_of(path)
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    with path.open("rb") as file:
        tar.addfile(entry, file)
    members[name] = [size, digest]
    if name.startswith("blobs/") and not name.endswith(digest):
        raise Refused("backup.lost", f"The stored bytes {path.name} are damaged.")


def _digest_of(path: Path) -> tuple[int, str]:
    seen, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            seen.update(block)
            size += len(block)
    return size, seen.hexdigest()


def inspect(file: IO[bytes], key: bytes | None, into: Path | None = None) -> Manifest:
    """Read a whole backup and compare every member with the manifest; keep them if asked.

    Raises: Refused, saying what is wrong. Nothing is left in `into` that was not compared, because
        the caller throws that folder away on an error.
    """
    found: dict[str, list[Any]] = {}
    manifest: Manifest | None = None
    try:
        opening: Any = Reader(file, key)
        with tarfile.open(fileobj=opening, mode="r|") as tar:
            for entry in tar:
                content = tar.extractfile(entry)
                if content is None or manifest is not None:
                    raise damaged(f"{entry.name} does not belong in a backup.")
                if entry.name == MANIFEST:
                    manifest = Manifest(**json.loads(content.read()))
                    continue
                found[entry.name] = _take(content, _inside(into, entry.name))
    except (tarfile.TarError, ValueError, TypeError) as error:
        raise damaged(f"Its contents cannot be read: {error}") from error
    if manifest is None:
        raise damaged("It has no manifest: it was cut off while it was made.")
    if found != manifest.members:
        wrong = sorted(set(found) ^ set(manifest.members)) or sorted(
            name for name in found if found[name] != manifest.members[name]
        )
        raise damaged(f"{wrong[0]} is not as the manifest says.")
    return manifest


def _inside(into: Path | None, name: str) -> Path | None:
    """Where a member goes; never outside the folder, whatever its name."""
    if into is None:
        return None
    place = (into / name).resolve()
    if not place.is_relative_to(into.resolve()):
        raise damaged(f"{name} points outside the backup.")
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def _take(content: IO[bytes], to: Path | None) -> list[Any]:
    seen, size = hashlib.sha256(), 0
    out = to.open("wb") if to else None
    try:
        while block := content.read(BLOCK_BYTES):
            seen.update(block)
            size += len(block)
            if out:
                out.write(block)
    finally:
        if out:
            out.close()
    return [size, seen.hexdigest()]
