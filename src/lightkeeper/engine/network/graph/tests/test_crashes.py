"""A writer killed at each named step leaves the graph as it was before, or as it is after."""

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lightkeeper.engine.errors import EngineError, FormatError
from lightkeeper.engine.network.graph import files
from lightkeeper.engine.network.graph.graph import Graph
from lightkeeper.engine.network.graph.tests.arranging import (
    EVERYTHING,
    WEIGHING,
    Plain,
    edge_columns,
    node_columns,
)

# In each folder: takes record 2 out and brings record 4, or makes one file of all, and dies.
WRITER = """
import json, os, signal, sys
import pyarrow as pa
from lightkeeper.engine.network.graph import files
from lightkeeper.engine.network.graph.graph import Graph
from lightkeeper.engine.network.graph.tests.arranging import edge_columns, node_columns
def write(path, what, step):
    seen = []
    def reached(name):
        seen.append(name)
        if name == step and len(seen) > 1:
            os.kill(os.getpid(), signal.SIGKILL)
    files.reached = reached
    graph = Graph.open(path)
    if what == "compact":
        graph.compact()
    else:
        graph.update(
            nodes=node_columns({4: ("person", 0)}), without_nodes=[2],
            edges=edge_columns({(1, 4, "met", 0): (1.0, None, "")}),
        )
    print(what, *sorted(set(seen)), sep=",", flush=True)
    os._exit(0)
pa.array([1])  # Looks for pandas the first time, which takes long, and need not in each child.
for path, what, step in json.loads(sys.argv[1]):
    child = os.fork()
    if not child:
        write(path, what, step)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
BEFORE = ("written", "synced", "manifest written")
AFTER = ("manifest renamed", "folder synced", "tidied", "never")
CASES = [
    (what, f"{file} {step}" if step in BEFORE[:2] else step)
    for what, file in (("update", "added"), ("compact", "base"))
    for step in (*BEFORE, *AFTER)
]
OLD, NEW = [1, 2, 3], [1, 3, 4]


def make(folder: Path) -> Path:
    plain = Plain({key: ("person", 0) for key in (1, 2, 3)})
    plain.edges = {(1, 2, "met", 0): (1.0, None, "")}
    graph = plain.build(folder)
    graph.update(edges=edge_columns({(1, 3, "met", 0): (1.0, 19_000, "1A")}))
    return folder


@pytest.fixture
def folder(tmp_path):
    return make(tmp_path / "graph")


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """A folder for each case after its writer died, and what the writers said."""
    whole = tmp_path_factory.mktemp("killed")
    was = make(whole / "was")
    folders = {case: shutil.copytree(was, whole / " ".join(case)) for case in CASES}
    asked = json.dumps([[str(path), *case] for case, path in folders.items()])
    done = subprocess.run(
        [sys.executable, "-c", WRITER, asked], capture_output=True, text=True, check=True
    )
    return folders, done.stdout.splitlines()


def near(graph: Graph) -> list:
    return sorted(graph.neighbourhood([1], 2, EVERYTHING, weighing=WEIGHING).keys)


def test_every_writer_was_killed_but_those_that_went_through_all_steps(killed):
    said = killed[1]

    assert said.count(str(-signal.SIGKILL)) == len(CASES) - 2
    [updated, compacted] = [set(line.split(",")) for line in said if "," in line]
    steps = {"manifest written", "manifest renamed", "folder synced", "tidied"}
    assert updated == {"update", "added written", "added synced", *steps}
    assert compacted == {"compact", "base written", "base synced", *steps}


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_killed_at_any_step_it_opens_as_before_or_after(killed, case):
    folder, (what, step) = killed[0][case], case
    graph = Graph.open(folder)
    graph.verify()

    after = step in AFTER
    assert near(graph) == (NEW if after and what == "update" else OLD)
    assert (graph.added == 0) == (after and what == "compact")
    # The next writer finds the lock free and leaves no file of the dead one.
    graph.update(nodes=node_columns({5: ("person", 0)}))
    assert {path.name for path in folder.iterdir()} == (
        graph._state.manifest.names() | {"manifest.json", "lock"}
    )


@pytest.mark.parametrize("what", ["update", "compact"])
@pytest.mark.parametrize("step", ["manifest written", *AFTER[:3]])
def test_an_error_at_any_step_leaves_it_as_before_or_after(folder, monkeypatch, what, step):
    graph = Graph.open(folder)

    def reached(name):
        if name == step:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(files, "reached", reached)
    change = {
        "nodes": node_columns({4: ("person", 0)}), "without_nodes": [2],
        "edges": edge_columns({(1, 4, "met", 0): (1.0, None, "")}),
    }  # fmt: skip
    with pytest.raises(OSError, match="Input/output"):
        graph.compact() if what == "compact" else graph.update(**change)

    assert near(Graph.open(folder)) in ([OLD, NEW] if what == "update" else [OLD])
    Graph.open(folder).verify()


def test_a_refused_change_leaves_nothing_behind(folder):
    graph = Graph.open(folder)
    before = sorted(path.name for path in folder.iterdir())

    with pytest.raises(EngineError):
        graph.update(
            nodes=node_columns({4: ("person", 0)}),
            edges=edge_columns({(1, 9, "met", 0): (1.0, None, "")}),
        )

    assert sorted(path.name for path in folder.iterdir()) == before
    assert near(graph) == near(Graph.open(folder)) == OLD


@pytest.mark.parametrize("pattern", ["base-*", "added-*"])
@pytest.mark.parametrize("cut", [0, 27, -1, 100])
def test_a_file_cut_short_is_named(folder, pattern, cut):
    path = next(folder.glob(pattern))
    body = path.read_bytes()
    path.write_bytes(body[:cut])

    with pytest.raises(FormatError, match=f"{path.name} has .* bytes where {len(body):,} were"):
        Graph.open(folder)


@pytest.mark.parametrize("pattern", ["base-*", "added-*"])
def test_another_file_in_its_place_is_named(folder, pattern):
    path = next(folder.glob(pattern))
    body = bytearray(path.read_bytes())
    body[-40] ^= 1
    path.write_bytes(bytes(body))

    with pytest.raises(FormatError, match=path.name):
        Graph.open(folder)


def test_a_content_that_was_changed_is_found_by_verifying(folder):
    path = next(folder.glob("base-*"))
    body = bytearray(path.read_bytes())
    body[1] ^= 1
    path.write_bytes(bytes(body))

    with pytest.raises(FormatError, match=f"{path.name}: the content of keys was changed"):
        Graph.open(folder).verify()


def test_a_file_that_is_gone_is_named(folder):
    path = next(folder.glob("added-*"))
    path.unlink()

    with pytest.raises(FormatError, match=f"needs the file {path.name}, which is not there"):
        Graph.open(folder)


@pytest.mark.parametrize("change", [
    lambda text: text[:-30], lambda text: "", lambda text: "[]", lambda text: "{}",
    lambda text: text.replace('"number": 3', '"number": 4'),
    lambda text: text.replace("graph/1", "graph/9"),
])  # fmt: skip
def test_a_manifest_that_was_changed_is_named(folder, change):
    path = folder / "manifest.json"
    text = path.read_text()
    assert change(text) != text
    path.write_text(change(text))

    with pytest.raises(FormatError, match=r"manifest\.json"):
        Graph.open(folder)


def test_where_there_is_no_graph_it_says_so(tmp_path):
    with pytest.raises(EngineError, match=r"There is no graph in .* Build one first"):
        Graph.open(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["", '{"format": "lightkeeper-graph/0"}'])
def test_a_damaged_graph_is_built_again_beside_files_of_others(folder, text):
    (folder / "manifest.json").write_text(text)
    (folder / "base-line.csv").write_text("not ours")
    plain = Plain({7: ("person", 0), 1: ("person", 0)}, {(1, 7, "met", 0): (1.0, None, "")})

    assert near(plain.build(folder)) == near(Graph.open(folder)) == [1, 7]
    names = {path.name for path in folder.iterdir()}
    assert names == {"base-line.csv", "base-000003", "manifest.json", "lock"}


def test_building_again_takes_the_place_of_what_was_there(folder):
    plain = Plain({7: ("person", 0), 1: ("person", 0)})
    plain.edges = {(1, 7, "met", 0): (1.0, None, "")}
    reader = Graph.open(folder)

    plain.build(folder)

    assert near(reader) == OLD
    assert reader.refresh()
    assert near(reader) == [1, 7]
