"""recordlinkage: blocks, comparisons and its ECM classifier, without labels, as its guides do."""

import warnings
from importlib.metadata import version

import pandas as pd
import recordlinkage as rl

from bench.linkage.tools.task import Found, Task, components, main

ALIKE = 0.8  # how a likeness of 0 to 1 becomes yes or no, as in its documentation
# Blocks by one name hold too many pairs where there are many records.
LARGE = 50_000


def run(task: Task) -> Found:
    warnings.simplefilter("ignore")
    with task.stage("load"):
        frame = task.read().to_pandas().set_index("record_id")
    with task.stage("predict"):
        pairs = blocks(task).index(frame)
        features = comparing(task).compute(pairs, frame)
    classifier = rl.ECMClassifier(binarize=ALIKE)
    with task.stage("train"):
        classifier.fit(features)
    with task.stage("predict"):
        score = classifier.prob(features)
        matches = classifier.predict(features)
    with task.stage("cluster"):
        clusters = components(
            task.records, matches.get_level_values(0), matches.get_level_values(1)
        )
    return Found(
        version("recordlinkage"), clusters, 0.5, pairs.get_level_values(0),
        pairs.get_level_values(1), pd.Series(score).fillna(0.0).to_numpy(),
    )  # fmt: skip


def blocks(task: Task) -> rl.Index:
    index = rl.Index()
    given, family = task.columns("given_name"), task.columns("family_name")
    born = task.columns("birth_date")
    if task.records < LARGE:
        alone = [*given, *family, *born, *task.columns("postcode")]
    else:
        alone = born
        for pair in ((*given, *family), *((*family, one) for one in task.columns("postcode"))):
            index.block(list(pair))
    for name in [*alone, *task.columns("identifier", "phone", "email")]:
        index.block(name)
    return index


def comparing(task: Task) -> rl.Compare:
    compare = rl.Compare()
    for name, kind in task.kinds.items():
        if kind in ("given_name", "family_name", "full_name", "address", "place", "email"):
            compare.string(name, name, method="jarowinkler", threshold=0.85, label=name)
        elif kind in ("identifier", "birth_date", "phone", "postcode"):
            compare.string(name, name, method="damerau_levenshtein", threshold=0.85, label=name)
        elif kind != "left_out":
            compare.exact(name, name, label=name)
    return compare


if __name__ == "__main__":
    main(run)
