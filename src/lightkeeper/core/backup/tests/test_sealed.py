"""The sealed stream: what was put in comes out, and nothing else does."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightkeeper.core.backup import sealed
from lightkeeper.core.errors import Refused

KEY, OTHER = bytes(range(32)), bytes(32)


def written(data: bytes, key: bytes | None = KEY) -> bytes:
    out = BytesIO()
    writer = sealed.Writer(out, key)
    for start in range(0, len(data), 1000):
        writer.write(data[start : start + 1000])
    writer.close()
    return out.getvalue()


def read(file: bytes, key: bytes | None = KEY) -> bytes:
    return sealed.Reader(BytesIO(file), key).read()


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(sealed, "PIECE_BYTES", 64)


@pytest.mark.parametrize("key", [KEY, None])
@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 128, 1000])
def test_what_was_put_in_comes_out(size, key):
    data = bytes(n % 251 for n in range(size))

    assert read(written(data, key), key) == data


@given(data=st.binary(max_size=400), cuts=st.lists(st.integers(1, 90), max_size=8))
@settings(deadline=None, max_examples=60)
def test_it_comes_out_the_same_in_whatever_portions(data, cuts):
    reader = sealed.Reader(BytesIO(written(data)), KEY)

    assert b"".join([*map(reader.read, cuts), reader.read()]) == data


@pytest.mark.parametrize("key", [KEY, None])
def test_a_flip_of_any_byte_is_noticed(key):
    file = written(b"the quick brown fox" * 9, key)
    for place in range(len(file)):
        broken = bytearray(file)
        broken[place] ^= 1
        try:
            out = read(bytes(broken), key)
        except Refused:
            continue
        # Without a key, what stands in the head binds nothing.
        assert key is None, place
        assert place < file.index(b"}") + 2, place
        assert out == b"the quick brown fox" * 9


def test_a_cut_at_any_byte_is_noticed():
    file = written(b"x" * 300)
    for end in range(len(file)):
        with pytest.raises(Refused):
            read(file[:end])


def test_what_is_added_left_out_or_moved_is_noticed():
    file = written(b"x" * 128 + b"y" * 64)
    start = file.index(b"}") + 2
    piece = 5 + 64 + 16
    pieces = [file[start : start + piece], file[start + piece : start + 2 * piece]]
    rest = file[start + 2 * piece :]
    for changed in (
        file + b"more",
        file[:start] + pieces[0] + rest,
        file[:start] + pieces[1] + pieces[0] + rest,
        file[:start] + pieces[0] + pieces[0] + rest,
    ):
        with pytest.raises(Refused):
            read(changed)


def test_without_its_key_or_with_another_it_says_which_it_needs():
    file = written(b"x")
    for key in (None, OTHER):
        with pytest.raises(Refused, match=sealed.name_of(KEY)):
            read(file, key)


def test_two_backups_of_the_same_have_nothing_in_common():
    one, two = written(b"x" * 64), written(b"x" * 64)

    assert one[60:] != two[60:]


@pytest.mark.parametrize("file", [b"", b"hello", sealed.MAGIC, sealed.MAGIC + b"{}\n", b"x" * 5000])
def test_what_is_no_backup_is_refused_in_words(file):
    with pytest.raises(Refused, match=r"no backup|not as it was written"):
        read(file)


def test_a_key_file_is_for_its_owner_alone_and_is_not_written_over(tmp_path):
    path = tmp_path / "key"
    sealed.new_key(path)

    assert path.stat().st_mode & 0o777 == 0o600
    assert len(sealed.read_key(path)) == 32
    with pytest.raises(Refused, match="not written over"):
        sealed.new_key(path)


@pytest.mark.parametrize("text", ["", "no base64!", "c2hvcnQ="])
def test_what_is_no_key_is_refused(tmp_path, text):
    (tmp_path / "key").write_text(text)

    with pytest.raises(Refused):
        sealed.read_key(tmp_path / "key")
    with pytest.raises(Refused):
        sealed.read_key(tmp_path / "absent")
