"""A writer killed at each named step leaves the index as it was before, or as it is after."""

import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from lightkeeper.engine.errors import ConflictError, FormatError
from lightkeeper.engine.matcher import manifest
from lightkeeper.engine.matcher import matcher as matching
from lightkeeper.engine.matcher.container import Arrays
from lightkeeper.engine.matcher.manifest import the_writer
from lightkeeper.engine.matcher.matcher import Matcher
from lightkeeper.engine.matcher.tests.arranging import records, usual_model

BEFORE = ("segment written", "segment synced", "removed written", "manifest written")
AFTER = ("manifest renamed", "folder synced", "tidied")
CASES = [
    *((step, 1) for step in (*BEFORE, *AFTER[:-1])),
    # The first tidying is that of the writer's beginning; the second segment is the merged one.
    ("tidied", 2), ("segment written", 2), ("segment synced", 2), ("never", 1),
]  # fmt: skip
# In each folder: replaces record 100 by another, adds 500, and so merges; dies at the step.
WRITER = """
import json, os, signal, sys
import pyarrow as pa
from lightkeeper.engine.matcher import building, manifest, merging, writing
from lightkeeper.engine.matcher.matcher import Matcher
from lightkeeper.engine.matcher.tests.arranging import records
def write(path, step, nth):
    seen = []
    def reached(name):
        seen.append(name)
        if seen.count(step) == nth:
            os.kill(os.getpid(), signal.SIGKILL)
    for module in (building, manifest, merging, writing):
        if hasattr(module, "reached"):
            module.reached = reached
    new = records(2, seed=99).set_column(0, "record_id", pa.array([100, 500]))
    Matcher.open(path).add(new, replacing=True)
    print(" ".join(sorted(set(seen))), flush=True)
    os._exit(0)
for path, step, nth in json.loads(sys.argv[1]):
    child = os.fork()
    if not child:
        write(path, step, nth)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture(scope="module")
def table():
    return records(36, seed=6)


@pytest.fixture(scope="module")
def model(table):
    return usual_model(table)


def make(folder: Path, table, model) -> Path:
    matcher = Matcher.create(folder, model)
    for start in range(0, 36, 9):
        matcher.add(table.slice(start, 9))
    matcher.remove([135])
    matcher.add([{"record_id": 900, "given_name": "Ada"}])
    return folder


@pytest.fixture
def folder(tmp_path, table, model):
    return make(tmp_path / "index", table, model)


@pytest.fixture(scope="module")
def killed(tmp_path_factory, table, model):
    """The folder as it was, one for each case after its writer died, and what the writers said."""
    whole = tmp_path_factory.mktemp("killed")
    was = make(whole / "was", table, model)
    folders = {case: shutil.copytree(was, whole / f"{case[0]} {case[1]}") for case in CASES}
    asked = json.dumps([[str(folders[step, nth]), step, nth] for step, nth in CASES])
    done = subprocess.run(
        [sys.executable, "-c", WRITER, asked], capture_output=True, text=True, check=True
    )
    return was, folders, done.stdout.splitlines()


def ids(matcher: Matcher) -> set[int]:
    return {int(one) for s in matcher._state.segments for one in s.ids[s.kept()]}


def test_every_writer_was_killed_but_the_last_which_went_through_all_steps(killed):
    *dead, steps, lived = killed[2]

    assert dead == [str(-signal.SIGKILL)] * (len(CASES) - 1)
    assert lived == "0"
    assert all(step in steps for step in (*BEFORE, *AFTER))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]} {case[1]}")
def test_killed_at_any_step_it_opens_as_before_or_after(killed, table, case):
    was, folders, _ = killed
    folder, record = folders[case], table.to_pylist()[0]
    before = Matcher.open(was)
    now = Matcher.open(folder)
    now.verify()

    after = case[0] in (*AFTER, "never")
    assert ids(now) == (ids(before) | {500} if after else ids(before))
    assert (now.explain(record, 100) != before.explain(record, 100)) == after
    # The next writer finds the lock free and leaves no file of the dead one.
    now.add([{"record_id": 901, "given_name": "Bea"}])
    assert {path.name for path in folder.iterdir()} == (
        now._state.manifest.names() | {"manifest.json", "lock"}
    )


@pytest.mark.parametrize("cut", [0, 27, -1, 100])
def test_a_file_cut_short_is_named(folder, cut):
    segment = next(folder.glob("segment-*"))
    body = segment.read_bytes()
    segment.write_bytes(body[:cut])

    with pytest.raises(FormatError, match=f"{segment.name} has .* bytes where {len(body):,} were"):
        Matcher.open(folder)


@pytest.mark.parametrize("pattern", ["segment-*", "removed-*", "model-*"])
def test_another_file_in_its_place_is_named(folder, pattern):
    path = next(folder.glob(pattern))
    body = bytearray(path.read_bytes())
    body[-40] ^= 1
    path.write_bytes(bytes(body))

    with pytest.raises(FormatError, match=path.name):
        Matcher.open(folder)


def test_a_file_that_is_gone_is_named(folder):
    segment = next(folder.glob("segment-*"))
    segment.unlink()

    with pytest.raises(FormatError, match=f"needs the file {segment.name}, which is not there"):
        Matcher.open(folder)


@pytest.mark.parametrize("change", [
    lambda text: text[:-30], lambda text: "", lambda text: "[]", lambda text: "{}",
    lambda text: text.replace('"rows": 9', '"rows": 8'),
    lambda text: text.replace("matcher/1", "matcher/9"),
])  # fmt: skip
def test_a_manifest_that_was_changed_is_named(folder, change):
    path = folder / "manifest.json"
    text = path.read_text()
    assert change(text) != text
    path.write_text(change(text))

    with pytest.raises(FormatError, match=r"manifest\.json"):
        Matcher.open(folder)


def test_a_content_that_was_changed_is_found_by_verifying(folder):
    segment = next(folder.glob("segment-*"))
    body = bytearray(segment.read_bytes())
    body[70] ^= 1
    segment.write_bytes(bytes(body))

    with pytest.raises(FormatError, match=f"{segment.name}: the content of .* was changed"):
        Matcher.open(folder).verify()


def test_one_writes_at_a_time(folder):
    with (
        the_writer(folder),
        pytest.raises(ConflictError, match="Somebody else is writing"),
        the_writer(folder, wait=False),
    ):
        pass


def test_a_write_waits_for_the_one_before_it_and_loses_nothing(folder):
    one, other = Matcher.open(folder), Matcher.open(folder)
    with the_writer(folder):
        waiting = threading.Thread(target=one.add, args=([{"record_id": 901}],))
        waiting.start()
        time.sleep(0.1)
        assert waiting.is_alive()
    waiting.join()

    other.add([{"record_id": 902}])

    assert {901, 902} <= ids(Matcher.open(folder))


def test_readers_find_whole_states_while_a_writer_writes_and_merges(folder, table):
    reader, record = Matcher.open(folder), table.to_pylist()[0]
    stop, errors, seen = threading.Event(), [], set()

    def read():
        mine = Matcher.open(folder)
        while not stop.is_set():
            try:
                mine.refresh()
                # Two records come and go together: never one of them.
                seen.add(len({7000, 7001} & ids(mine)))
                mine.find(record)
            except Exception as error:
                errors.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(2)]
    for thread in readers:
        thread.start()
    writer = Matcher.open(folder)
    for _ in range(15):
        writer.add([{"record_id": 7000}, {"record_id": 7001}])
        writer.remove([7000, 7001])
    stop.set()
    for thread in readers:
        thread.join()

    assert errors == []
    assert seen <= {0, 2}
    assert ids(reader) == ids(writer)


def test_a_reader_that_comes_between_reads_the_manifest_again(folder, monkeypatch):
    writer, stale = Matcher.open(folder), [manifest.read_manifest(folder)]
    with writer._changes() as changes:
        changes.merge_all()
    real = manifest.read_manifest
    # It has read the manifest, and then its segments were merged away.
    monkeypatch.setattr(
        matching, "read_manifest", lambda path: stale.pop() if stale else real(path)
    )

    assert ids(Matcher.open(folder)) == ids(writer)
    assert stale == []


def test_arrays_come_back_as_they_were_put(folder):
    for entry in Matcher.open(folder)._state.manifest.segments:
        arrays = Arrays(folder / entry.file.name, entry.file.size, entry.file.check)
        assert len(arrays["ids"]) == entry.rows
        assert not arrays["ids"].flags.writeable
