"""Every parser on real samples that were spoilt, cut off, or made up: it reads, or says why not.

LIGHTKEEPER_FUZZ_EXAMPLES says how many tries for each; `make test-fuzz` takes many.
"""

import contextlib
import io
import os
import random
import tempfile
from datetime import date
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lightkeeper.engine.errors import EngineError, FormatError, MappingError
from lightkeeper.engine.formats import Fault, Row, open_table
from lightkeeper.engine.formats.strict_json import BadJson, read_json
from lightkeeper.engine.records import SCHEMATA, load_mapping, propose
from lightkeeper.engine.records.applying import SCHEMES, apply_mapping
from lightkeeper.engine.records.entities import from_entity
from lightkeeper.engine.records.gradings import Grading, check_grading
from lightkeeper.engine.records.names import clean_text, says_nothing
from lightkeeper.engine.records.query import read_query
from lightkeeper.engine.records.tokens import query_keys, search_keys

PROJECT = Path(__file__).parents[2]
STORY, BAD = PROJECT / "samples" / "story", PROJECT / "samples" / "bad"
EXAMPLES = int(os.environ.get("LIGHTKEEPER_FUZZ_EXAMPLES", "25"))
FEW = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
MANY = settings(FEW, max_examples=EXAMPLES * 5)
TODAY = date(2026, 11, 23)
MAPPINGS = sorted(PROJECT.glob("samples/**/*.yaml"))
MOST_BYTES = 40_000


@cache
def samples() -> dict[str, bytes]:
    """Real files of each kind, small enough to be spoilt many times."""
    found = {path.name: path.read_bytes() for path in STORY.iterdir() if path.is_file()}
    found |= {path.name: path.read_bytes() for path in BAD.iterdir()}
    found = {
        name: data
        for name, data in found.items()
        if name.endswith((".csv", ".jsonl", ".xlsx")) and data
    }
    table = io.BytesIO()
    pq.write_table(
        pa.table({"ref": ["A1", "A2"], "born": [date(2011, 5, 12), None], "n": [1.5, None]}), table
    )
    found["made.parquet"] = table.getvalue()
    for name, data in found.items():
        if len(data) > MOST_BYTES and not name.endswith(".xlsx"):
            found[name] = data[: data.index(b"\n", MOST_BYTES) + 1]
    return found


NAMES = sorted(samples())


def mappings_for(header: tuple[str, ...]) -> list:
    """A mapping that reads these columns: the proposed one, if there is one."""
    with contextlib.suppress(MappingError):
        made = propose(header, []).mapping
        return [load_mapping(yaml.safe_dump(made, allow_unicode=True))]
    return []


def read_whole(data: bytes, name: str) -> None:
    """All the way to records, as the reader goes. Only what is said in words may stop it."""
    folder = Path(tempfile.mkdtemp())
    path = folder / name
    path.write_bytes(data)
    try:
        table = open_table(path)
        mappings = mappings_for(tuple(table.header)) if table.format != "ftm_jsonl" else []
        for item in table.rows():
            if isinstance(item, Fault):
                assert item.code
                assert item.sentence
            elif table.format == "ftm_jsonl":
                from_entity(item, on=TODAY)
            else:
                for mapping in mappings:
                    made = apply_mapping(mapping, item.values, item.number, on=TODAY)
                    if not isinstance(made, list):
                        search_keys(made)
    except FormatError:
        pass
    finally:
        path.unlink()
        folder.rmdir()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("part", range(1, 20))
def test_a_sample_cut_off_at_each_twentieth_is_read_or_refused_in_words(name, part):
    data = samples()[name]

    read_whole(data[: len(data) * part // 20], name)
    assert samples()[name] == data


def spoil(data: bytes, number: int) -> bytes:
    """A few things that befall a file, one after another."""
    rng, spoilt = random.Random(number), bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(spoilt) + 1)
        many = rng.choice((1, 2, 8, 64, 512))
        match rng.randrange(6):
            case 0 if at < len(spoilt):
                spoilt[at] ^= 1 << rng.randrange(8)
            case 1:
                spoilt[at:at] = rng.randbytes(many)
            case 2:
                del spoilt[at : at + many]
            case 3:
                spoilt[at:at] = spoilt[at : at + many]
            case 4:
                spoilt[at:at] = rng.choice(TROUBLE)
            case _:
                other = samples()[rng.choice(NAMES)]
                start = rng.randrange(len(other))
                spoilt[at : at + many] = other[start : start + many]
    return bytes(spoilt)


TROUBLE = (
    b"\x00", b'"', b"\r", b"\n\n", b"\xef\xbb\xbf", b"\xff\xfe", b",,,,,,", b";", b"\t", b"=1+1",
    b"\xed\xa0\x80", "\u202e\u200b".encode(), "é".encode("cp1252"), b"1e999999", b"{", b"]", b"<!",
    b"PK\x03\x04", b"PAR1", b"9" * 400, "\u0301".encode() * 40, b"31/02/1990", b"null", b"NaN",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_spoilt_sample_is_read_or_refused_in_words(name):
    @given(st.integers(0, 2**32))
    @FEW
    def spoilt(number: int) -> None:
        read_whole(spoil(samples()[name], number), name)

    spoilt()


@given(st.integers(0, 2**32), st.sampled_from(MAPPINGS))
@MANY
def test_a_spoilt_mapping_is_read_or_refused_by_its_key(number, path):
    text = spoil(path.read_bytes(), number).decode("utf-8", "replace")
    with contextlib.suppress(MappingError):
        load_mapping(text)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner,
                                                               max_size=3),
    max_leaves=8,
)  # fmt: skip
KEYS = ("name", "version", "kind", "source_key", "observed_on", "date_order", "region", "grading",
        "properties", "harms", "roles", "threats")  # fmt: skip


@given(st.dictionaries(st.sampled_from(KEYS), PLAIN, max_size=6), PLAIN, PLAIN)
@MANY
def test_a_mapping_of_any_shape_is_read_or_refused_by_its_key(given_, one, other):
    data = {"name": "m", "version": 1, "kind": "Person", "properties": {"name": one}, **given_}
    for shape in (data, data | {"properties": {"name": {"column": one, "join": other}}}, one):
        with contextlib.suppress(MappingError):
            load_mapping(shape)


@given(st.text() | st.text('{}[]",:0123456789.eE+-truefalsn \\u') | PLAIN.map(repr))
@MANY
def test_any_text_is_json_or_is_said_not_to_be(text):
    with contextlib.suppress(BadJson):
        read_json(text)


@given(st.lists(st.text(max_size=12), max_size=6), st.lists(st.lists(st.text(max_size=12)),
                                                            max_size=5))  # fmt: skip
@MANY
def test_a_mapping_is_proposed_for_any_headings_and_values_or_refused(header, rows):
    cells = [dict(zip(header, row, strict=False)) for row in rows]
    with contextlib.suppress(EngineError):
        proposal = propose(header, [{name: "" for name in header} | row for row in cells])
        assert [guess.column for guess in proposal.guesses] == list(header)


def _says_nothing(text):
    """Blank, or nothing but characters that nobody sees: those stand in the originals."""
    return not clean_text(text).value or says_nothing(text)


@given(
    st.sampled_from([*sorted(SCHEMATA.kinds), "Nobody", ""]),
    st.dictionaries(st.text(max_size=12) | st.sampled_from(["name", "birthDate", "phone", "role"]),
                    st.lists(st.text(max_size=20), max_size=3), max_size=5),
)  # fmt: skip
@MANY
def test_any_entity_becomes_a_record_that_can_be_searched_for(kind, properties):
    row = Row(1, {"id": "x", "schema": kind}, "", properties=properties)
    made = from_entity(row, on=TODAY)
    if not isinstance(made, list):
        assert set(properties) <= set(made.properties) | set(made.unmapped) | {
            name for name, texts in properties.items() if all(map(_says_nothing, texts))
        }
        assert {name: "; ".join(texts) for name, texts in properties.items()}.items() <= (
            made.originals.items()
        )
        search_keys(made)


@given(st.text(max_size=300))
@MANY
def test_any_text_may_be_searched_for(text):
    read_query(text)
    query_keys(text)


CODE = st.text(max_size=3) | st.sampled_from(["1", "2", "3", "A", "B", "C", "E", "P", "X", "5"])


@given(CODE, CODE, CODE, st.lists(CODE, max_size=2), st.sampled_from(sorted(SCHEMES)))
@MANY
def test_any_codes_are_a_grading_or_are_refused(source, information, handling, conditions, name):
    made = check_grading(
        SCHEMES[name], source=source, information=information, handling=handling,
        conditions=tuple(conditions),
    )  # fmt: skip
    if isinstance(made, Grading):
        assert made.source in SCHEMES[name].codes["source"]
        assert made.information in SCHEMES[name].codes["information"]
    else:
        assert made.sentence
