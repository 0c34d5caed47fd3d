"""nomenklatura: its index finds candidates, one of its algorithms scores them as people.

Its own cross-referencing asks a person about every pair unless it is told a threshold. Here a pair
is joined from .5 of its regression (`er-unstable`), and from .7 of `logic-v2`, at which the
search service built on it says match.
"""

import logging
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from followthemoney import Dataset, StatementEntity
from nomenklatura.blocker.index import Index
from nomenklatura.matching import ScoringConfig, get_algorithm
from nomenklatura.resolver import Linker
from nomenklatura.store import MemoryStore

from bench.linkage.tools.task import Found, Task, components, main

THRESHOLDS = {"er-unstable": 0.5, "logic-v2": 0.7}
PAIRS_A_RECORD = 20
PROPERTY = {
    "given_name": "firstName", "family_name": "lastName", "full_name": "name",
    "birth_date": "birthDate", "place": "birthPlace", "postcode": "address", "address": "address",
    "phone": "phone", "email": "email", "identifier": "idNumber", "sex": "gender",
    "occupation": "position",
}  # fmt: skip


def run(task: Task) -> Found:
    logging.disable(logging.INFO)
    algorithm, config = get_algorithm(task.setting), ScoringConfig.defaults()
    dataset = Dataset.make({"name": "received", "title": "received"})
    with task.stage("load"):
        store = MemoryStore(dataset, Linker({}))
        with store.writer() as writer:
            for one in people(task, dataset):
                writer.add_entity(one)
        view = store.default_view()
    left, right, score = [], [], []
    with tempfile.TemporaryDirectory() as folder, task.stage("predict"):
        index = Index(view, Path(folder))
        index.build()
        entities = {int(one.id[1:]): one for one in view.entities()}
        for (a, b), _ in index.pairs(max_pairs=PAIRS_A_RECORD * task.records):
            rows = int(a.id[1:]), int(b.id[1:])
            left.append(rows[0])
            right.append(rows[1])
            score.append(algorithm.compare(entities[rows[0]], entities[rows[1]], config).score)
        index.close()
    threshold = THRESHOLDS[task.setting]
    with task.stage("cluster"):
        joined = [at for at, bits in enumerate(score) if bits >= threshold]
        clusters = components(
            task.records, [left[at] for at in joined], [right[at] for at in joined]
        )
    return Found(version("nomenklatura"), clusters, threshold, left, right, score)


def people(task: Task, dataset: Dataset) -> Iterator[StatementEntity]:
    """Each record as a person; it cleans the values itself. A name is both, where none is given."""
    table = task.read()
    columns = {name: table[name].to_pylist() for name in task.kinds}
    held = {name: PROPERTY[kind] for name, kind in task.kinds.items() if kind in PROPERTY}
    for row in range(task.records):
        one = StatementEntity.from_data(
            dataset, {"id": f"r{row}", "schema": "Person", "properties": {}}, cleaned=False
        )
        for name, into in held.items():
            if columns[name][row]:
                one.add(
                    into, day_of(columns[name][row]) if into == "birthDate" else columns[name][row]
                )
        if not one.has("name"):
            one.add("name", " ".join([*one.get("firstName"), *one.get("lastName")]))
        yield one


def day_of(text: str) -> str:
    """FEBRL writes a day as eight digits."""
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == 8 and text.isdigit() else text


if __name__ == "__main__":
    main(run)
