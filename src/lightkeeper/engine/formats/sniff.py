"""What a file is, by its first bytes and its name, which must agree; and what is never taken."""

import zipfile
from pathlib import Path, PurePath

from lightkeeper.engine.errors import FileRefused
from lightkeeper.engine.formats.cells import CALL
from lightkeeper.engine.formats.table import Limits, check_size

FORMATS = ("csv", "xlsx", "ftm_jsonl", "parquet")
HEAD_BYTES = 64 * 1024

EXTENSIONS = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "xlsx", ".parquet": "parquet",
    ".jsonl": "ftm_jsonl", ".ijson": "ftm_jsonl", ".ndjson": "ftm_jsonl", ".json": "ftm_jsonl",
    ".ftm": "ftm_jsonl",
}  # fmt: skip
_MEDIA_WORDS = """
    .jpg .jpeg .jpe .jfif .png .gif .bmp .tif .tiff .webp .heic .heif .avif .ico .psd .raw .dng
    .cr2 .nef .svg .svgz .mp4 .m4v .mov .avi .mkv .webm .wmv .flv .mpg .mpeg .3gp .3g2 .ts .vob
    .mp3 .m4a .wav .ogg .oga .ogv .opus .flac .aac .wma .amr .mid .swf .eps .jxl .jp2
"""
_ARCHIVE_WORDS = ".zip .rar .7z .tar .gz .tgz .bz2 .xz .zst .cab .iso .jar .apk"
MEDIA_NAMES = frozenset(_MEDIA_WORDS.split())
ARCHIVE_NAMES = frozenset(_ARCHIVE_WORDS.split())

_MEDIA = (
    (b"\xff\xd8\xff", "a JPEG picture"), (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"GIF87a", "a GIF picture"), (b"GIF89a", "a GIF picture"), (b"BM", "a bitmap picture"),
    (b"II*\x00", "a TIFF picture"), (b"MM\x00*", "a TIFF picture"),
    (b"8BPS", "a Photoshop picture"),
    (b"\x00\x00\x01\x00", "an icon"), (b"\x1aE\xdf\xa3", "a Matroska or WebM video"),
    (b"FLV\x01", "a Flash video"), (b"\x00\x00\x01\xba", "an MPEG video"),
    (b"\x00\x00\x01\xb3", "an MPEG video"), (b"0&\xb2u\x8ef\xcf\x11", "a Windows Media file"),
    (b"ID3", "an MP3 sound"), (b"\xff\xfb", "an MP3 sound"), (b"\xff\xf3", "an MP3 sound"),
    (b"OggS", "an Ogg sound or video"), (b"fLaC", "a FLAC sound"), (b"#!AMR", "an AMR sound"),
    (b"MThd", "a MIDI sound"), (b"FWS", "a Flash film"), (b"CWS", "a Flash film"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL picture"), (b"\xff\x0a", "a JPEG XL picture"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 picture"),
)  # fmt: skip
_TYPES = (
    (b"MZ", "a Windows program"), (b"\x7fELF", "a Linux program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\xcf\xfa\xed\xfe", "a Mac program"), (b"\xfe\xed\xfa", "a Mac program"),
    (b"%PDF-", "a PDF document"), (b"{\\rtf", "an RTF document"), (b"%!PS", "a PostScript file"),
    (b"#!", "a script"), (b"wOFF", "a font"), (b"wOF2", "a font"), (b"OTTO", "a font"),
    (b"\x00\x01\x00\x00\x00", "a font"), (b"SQLite format 3\x00", "a database"),
    (b"Rar!\x1a\x07", "a RAR archive"), (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x1f\x8b", "a gzip archive"), (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"), (b"MSCF", "a cabinet archive"),
)  # fmt: skip
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def sniff(path: Path, name: str | None = None, *, limits: Limits | None = None) -> str:
    """Which of FORMATS the file is.

    `name` is the sender's file name, when the stored one differs.
    Raises: FileRefused EMPTY, TOO-LARGE, MEDIA, TYPE, ARCHIVE, ENCRYPTED, MACROS, ENCODING.
    """
    check_size(path, limits or Limits())
    suffix = PurePath(name or path.name).suffix.lower()
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    _refuse_known(head)
    if suffix in MEDIA_NAMES:
        raise FileRefused("MEDIA", f"The name ends in {suffix}, a picture, video or sound. {CALL}")
    found = _content(path, head)
    if suffix in ARCHIVE_NAMES:
        raise FileRefused("ARCHIVE", f"{suffix} archives are not opened. Send the table itself.")
    wanted = EXTENSIONS.get(suffix)
    if suffix and wanted is None:
        raise FileRefused(
            "TYPE",
            f"Files that end in {suffix} are not read. Send CSV, XLSX, Parquet or "
            "FollowTheMoney JSON lines.",
        )
    if wanted not in (None, found):
        raise FileRefused(
            "TYPE",
            f"The name ends in {suffix}, but the content is {found}. Rename or export it again.",
        )
    return found


def _refuse_known(head: bytes) -> None:
    if head[4:12] in (b"ftypheic", b"ftypheix", b"ftypavif", b"ftypmif1") or head[4:8] == b"ftyp":
        raise FileRefused("MEDIA", f"The file is a video or a phone picture. {CALL}")
    if head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"AVI ", b"WAVE"):
        raise FileRefused("MEDIA", f"The file is a picture, video or sound. {CALL}")
    for magic, what in _MEDIA:
        # Two letters are not proof: "BM" may begin a heading.
        if head.startswith(magic) and (len(magic) > 2 or not _is_text(head)):
            raise FileRefused("MEDIA", f"The file is {what}. {CALL}")
    if head.startswith(OLE):
        _refuse_ole(head)
    for magic, what in _TYPES:
        if head.startswith(magic) and (len(magic) > 2 or not _is_text(head) or magic == b"#!"):
            raise FileRefused("TYPE", f"The file is {what}, not a table. Send CSV or XLSX.")


def _refuse_ole(head: bytes) -> None:
    if "EncryptedPackage".encode("utf-16-le") in head or b"E\x00n\x00c\x00r\x00y" in head:
        raise FileRefused(
            "ENCRYPTED",
            "The workbook has a password. Remove it and send the file by a safe channel.",
        )
    raise FileRefused(
        "TYPE", "This is an old Office file (.xls, .doc). Open it and save it as .xlsx or CSV."
    )


def _is_text(head: bytes) -> bool:
    return b"\x00" not in head and sum(byte < 9 or 13 < byte < 32 for byte in head[:512]) == 0


def _content(path: Path, head: bytes) -> str:
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _zip_content(path)
    if head.startswith(b"PAR1"):
        return "parquet"
    return _text_content(head)


def _zip_content(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {entry.filename for entry in archive.infolist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise FileRefused(
            "ARCHIVE", "The workbook is damaged or cut off. Save it again and send it whole."
        ) from None
    if "xl/workbook.bin" in names:
        raise FileRefused("TYPE", "This is a binary workbook (.xlsb). Save it as .xlsx or CSV.")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileRefused("MACROS", "The workbook holds macros. Save it as .xlsx without them.")
    if "xl/workbook.xml" in names:
        return "xlsx"
    for name in sorted(names):
        if PurePath(name).suffix.lower() in MEDIA_NAMES:
            raise FileRefused("MEDIA", f"The archive holds a picture, video or sound. {CALL}")
    raise FileRefused("ARCHIVE", "Archives are not opened. Send the table itself.")


def _text_content(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or _looks_utf16(head):
        raise FileRefused(
            "ENCODING", "The file is in UTF-16. Save it as 'CSV UTF-8' and send it again."
        )
    body = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not body.strip(b"\x00"):
        raise FileRefused("EMPTY", "The file holds only blanks or NUL bytes. Export it again.")
    lower = body[:4096].lower()
    if lower.startswith((b"<svg", b"<?xml")) and b"<svg" in lower:
        raise FileRefused("MEDIA", f"The file is an SVG picture. {CALL}")
    if lower.startswith((b"<?xml", b"<!doctype", b"<html")):
        raise FileRefused("TYPE", "The file is XML or a web page, not a table. Export it as CSV.")
    if lower.startswith((b"data:", b"/9j/", b"ivborw0kggo")):
        raise FileRefused("MEDIA", f"The file is an embedded picture. {CALL}")
    return "ftm_jsonl" if body.startswith((b"{", b"[")) else "csv"


def _looks_utf16(head: bytes) -> bool:
    """Every second byte of the start is NUL: UTF-16 without a mark."""
    start = head[:512]
    if len(start) < 4 or not start.strip(b"\x00"):
        return False
    odd, even = start[1::2], start[::2]
    return odd.count(0) > len(odd) * 0.8 or even.count(0) > len(even) * 0.8
