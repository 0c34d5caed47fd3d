"""Opening an XLSX package safely: every part is inflated once against limits before it is used."""

import re
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from lightkeeper.engine.errors import FileRefused
from lightkeeper.engine.formats.cells import CALL
from lightkeeper.engine.formats.sniff import MEDIA_NAMES
from lightkeeper.engine.formats.table import Limits

BLOCK_BYTES = 256 * 1024
RATIO_FROM_BYTES = 1024 * 1024
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]{0,200}?ref=\"([A-Z]+\d+(?::[A-Z]+\d+)?)\"")
_DTD = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_CARRY = 300
MERGED_KEPT = 1000


@dataclass
class Checked:
    """What the first pass over the parts found."""

    names: set[str] = field(default_factory=set)
    merged: dict[str, list[str]] = field(default_factory=dict)
    external: bool = False


def open_package(path: Path) -> zipfile.ZipFile:
    """The archive, opened.

    Raises: FileRefused ARCHIVE.
    """
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise FileRefused(
            "ARCHIVE", "The workbook is damaged or cut off. Save it again and send it whole."
        ) from None


def check_package(archive: zipfile.ZipFile, limits: Limits) -> Checked:
    """Inflate every part once, counting.

    Raises: FileRefused BOMB (entries, ratio or total), ARCHIVE (damaged, lying sizes, twice the
    same name), MEDIA, MACROS, ENCRYPTED, XML (a DTD), TYPE (a path that leaves the package).
    """
    entries = archive.infolist()
    if len(entries) > limits.unzip_entries:
        raise FileRefused(
            "BOMB",
            f"The workbook has {len(entries):,} parts; the limit is {limits.unzip_entries:,}.",
        )
    checked = Checked()
    total = 0
    for entry in entries:
        _check_name(entry, checked)
        total += _inflate(archive, entry, limits, total, checked)
    return checked


def _check_name(entry: zipfile.ZipInfo, checked: Checked) -> None:
    name, lower = entry.filename, entry.filename.lower()
    if name in checked.names:
        raise FileRefused("ARCHIVE", f"The workbook has two parts named {name!r}.")
    checked.names.add(name)
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or "\\" in name or ":" in name or "\x00" in name:
        raise FileRefused("ARCHIVE", f"The part {name!r} points outside the workbook.")
    if entry.flag_bits & 0x1:
        raise FileRefused("ENCRYPTED", f"The part {name!r} has a password. Remove it.")
    if lower.endswith("vbaproject.bin") or "/activex/" in lower or "/macrosheets/" in lower:
        raise FileRefused("MACROS", "The workbook holds macros. Save it as .xlsx without them.")
    if PurePosixPath(lower).suffix in MEDIA_NAMES or "/media/" in lower or "/embeddings/" in lower:
        raise FileRefused("MEDIA", f"The workbook holds a picture or file ({name}). {CALL}")
    checked.external = checked.external or "/externallinks/" in lower


def _inflate(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits, before: int, checked: Checked
) -> int:
    size, carry = 0, b""
    is_sheet = "/worksheets/" in entry.filename
    is_xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
    try:
        with archive.open(entry) as part:
            while block := part.read(BLOCK_BYTES):
                size += len(block)
                _check_size(entry, size, before, limits)
                seen = carry + block
                if is_xml and _defines_entities(seen):
                    raise FileRefused("XML", f"The part {entry.filename!r} defines entities.")
                if is_sheet:
                    for match in _MERGED.finditer(seen):
                        found = checked.merged.setdefault(entry.filename, [])
                        ref = match.group(1).decode("ascii")
                        if ref not in found[-3:] and len(found) < MERGED_KEPT:
                            found.append(ref)
                carry = seen[-_CARRY:]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise FileRefused(
            "ARCHIVE",
            f"The part {entry.filename!r} is damaged or its size is wrong. Save it again.",
        ) from None
    if size != entry.file_size:
        raise FileRefused(
            "ARCHIVE", f"The part {entry.filename!r} says a wrong size. Save it again."
        )
    return size


def _defines_entities(seen: bytes) -> bool:
    # Twice, because UTF-16 hides a DTD behind NUL bytes.
    return bool(_DTD.search(seen) or (b"\x00" in seen and _DTD.search(seen.replace(b"\x00", b""))))


def _check_size(entry: zipfile.ZipInfo, size: int, before: int, limits: Limits) -> None:
    if before + size > limits.unzip_total:
        raise FileRefused(
            "BOMB",
            f"The workbook unpacks to more than {limits.unzip_total:,} bytes, reached in "
            f"{entry.filename!r}. Send the table as CSV.",
        )
    packed = max(entry.compress_size, 1)
    if size > min(RATIO_FROM_BYTES, limits.unzip_total) and size > packed * limits.unzip_ratio:
        raise FileRefused(
            "BOMB",
            f"The part {entry.filename!r} unpacks to more than {limits.unzip_ratio} times "
            "its size. Send the table as CSV.",
        )


def open_part(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    """A part that must be there.

    Raises: FileRefused ARCHIVE.
    """
    try:
        return archive.open(name)
    except KeyError:
        raise FileRefused(
            "ARCHIVE", f"The workbook lacks its part {name!r}. Save it again."
        ) from None
