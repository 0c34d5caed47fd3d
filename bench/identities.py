"""False identities found in a made-up nation, against its truth, beside two plain ways.

Usage: python bench/identities.py FOLDER

FOLDER is what `lightkeeper synth` wrote. An identity is a name and a birth date as police and hub
wrote them; rows without a birth date are left out, as are pairs that are spellings of one identity.
"""

import argparse
import json
import time
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

from alerts import day_of
from rapidfuzz import fuzz


def read(folder: Path):
    """Showings, and the (person, true identity) of each record that has one."""
    import pyarrow.parquet as pq

    from lightkeeper.engine.identities import Showing

    about = {r["ref"]: r for r in pq.read_table(folder / "truth/records.parquet").to_pylist()}
    rows, called = [], {}
    for feed in ("police", "hub"):
        for row in pq.read_table(folder / f"feeds/{feed}.parquet").to_pylist():
            born = day_of(row["dob"])
            if born and row["forename"] and row["surname"]:
                name = f"{row['forename']} {row['surname']}".title()
                called[row["ref"]] = f"{name} {born}"
                rows.append((row, name, born))
    apart = defaultdict(set)
    for row in pq.read_table(folder / "feeds/links.parquet").to_pylist():
        both = (row["first_ref"], row["second_ref"])
        for one, other in (both, both[::-1]):
            if other in called:
                apart[one].add(called[other])
    showings = [
        Showing(
            row["ref"], called[row["ref"]], name, born, day_of(row["happened"]),
            things=frozenset(
                (kind, row[column])
                for kind, column in (("phone", "mobile"), ("address", "address")) if row[column]
            ),
            also=frozenset([row["aka"]] if row["aka"] else []),
            apart=frozenset(apart[row["ref"]]) - {called[row["ref"]]},
        )
        for row, name, born in rows
    ]  # fmt: skip
    return showings, {s.record: (about[s.record]["person"], about[s.record]["identity"])
                      for s in showings}  # fmt: skip


def true_answers(showings, true):
    """Who and which identity each name stands for, and the pairs and names to be found."""
    people, mostly = defaultdict(set), defaultdict(Counter)
    for one in showings:
        people[one.identity].add(true[one.record][0])
        mostly[one.identity][true[one.record]] += 1
    who = {identity: count.most_common(1)[0][0] for identity, count in mostly.items()}
    of_person = defaultdict(set)
    for identity, (person, _) in who.items():
        of_person[person].add(identity)
    pairs = {
        pair
        for several in of_person.values()
        for pair in combinations(sorted(several), 2)
        if who[pair[0]][1] != who[pair[1]][1]
    }
    return who, pairs, {identity for identity, several in people.items() if len(several) > 1}


def said(way, found, truth, none=frozenset()):
    found = set(found) - set(none)
    right = len(found & truth)
    return {
        "way": way, "found": len(found), "right": right, "true": len(truth),
        "precision": round(right / max(len(found), 1), 3),
        "recall": round(right / max(len(truth), 1), 3),
    }  # fmt: skip


def measured(folder: Path):
    from lightkeeper.engine.identities import Shown, Weights, several_identities, several_people

    showings, true = read(folder)
    who, pairs, used = true_answers(showings, true)
    start = time.process_time()
    shown, weights = Shown(showings), Weights()
    several = several_identities(shown, weights)
    people = several_people(shown, weights)
    seconds = time.process_time() - start
    one_identity = {
        pair
        for pair in {p for know in shown.by.values() if len(know) <= 50
                     for p in combinations(sorted(know), 2)} | {one.identities for one in several}
        if who[pair[0]] == who[pair[1]]
    }  # fmt: skip
    yield said("several identities", (one.identities for one in several), pairs, one_identity)
    for at in (5, 9, 13):
        some = several_identities(shown, Weights(several_identities_at=at))
        yield said(f"  at {at} bits", (one.identities for one in some), pairs, one_identity)
    phones = {p for thing, know in shown.by.items() if thing[0] == "phone" and len(know) <= 50
              for p in combinations(sorted(know), 2)}  # fmt: skip
    yield said("  shares a phone", phones, pairs, one_identity)
    born = defaultdict(set)
    for one in showings:
        born[one.born].add(one.identity)
    near = {
        p for know in born.values() for p in combinations(sorted(know), 2)
        if fuzz.ratio(p[0], p[1]) >= 75
    }  # fmt: skip
    yield said("  born on one day, names near", near, pairs,
               {p for p in near if who[p[0]] == who[p[1]]})  # fmt: skip
    yield said("several people", (one.identities[0] for one in people), used)
    for at in (8, 10, 14):
        some = several_people(shown, Weights(several_people_at=at))
        yield said(f"  at {at} bits", (one.identities[0] for one in some), used)
    numbers = {
        identity for identity in shown.of
        if len({t for t in shown.things(identity) if t[0] == "phone"}) > 1
    }  # fmt: skip
    yield said("  shows two phones", numbers, used)
    yield {"showings": len(showings), "identities": len(shown.of), "cpu_s": round(seconds, 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    for line in measured(parser.parse_args().folder):
        print(json.dumps(line))


if __name__ == "__main__":
    main()
