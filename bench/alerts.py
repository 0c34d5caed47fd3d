"""What the alerts of a made-up nation find, against the truth, and what landing a report costs.

Usage: python bench/alerts.py FOLDER [--json FILE]

FOLDER is what `lightkeeper synth` wrote. Whom each row is about comes from the truth, as if linking
were perfect, and so does the row in which it was said first. Rows land in batches by the day on
which they were reported. Seconds are those of the processor.
"""

import argparse
import json
import statistics
import time
from collections import Counter, defaultdict
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

FORMS = ("%Y-%m-%d", "%d/%m/%Y")
BIG = 50


def day_of(text):
    for form in FORMS if text else ():
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


def read(folder: Path):
    """(day reported, saying) of each row of each feed, and each truth as rows."""
    import pyarrow.parquet as pq

    truth = {path.stem: pq.read_table(path).to_pylist() for path in folder.glob("truth/*.parquet")}
    about = {row["ref"]: row for row in truth["records"]}
    found = []
    for path in sorted(folder.glob("feeds/*.parquet")):
        for row in pq.read_table(path).to_pylist():
            found.append(saying_of(row, about))
    return sorted(found, key=lambda one: one[0]), truth


def saying_of(row, about):
    from lightkeeper.engine.alerts import Saying

    ref = next(row[name] for name in ("ref", "contact_id", "episode", "reference") if name in row)
    true = about[ref]
    owner = next(
        row[name] for name in ("agency", "council", "force", "first_responder") if name in row
    )
    given = row.get("forename") or row.get("first_name")
    family = row.get("surname") or row.get("last_name") or row.get("family_name")
    names = {" ".join(part for part in (given, family) if part), row.get("aka") or ""} - {""}
    things = {
        (kind, row[column])
        for kind, column in (("phone", "mobile"), ("phone", "number"), ("address", "address"),
                             ("vehicle", "vrm"), ("account", "username"))
        if row.get(column)
    }  # fmt: skip
    return day_of(true["reported"]) or true["reported"], Saying(
        ref, str(true["person"]), owner, hash_of(owner), day_of(true["happened"]),
        roles=frozenset(filter(None, [row.get("role")])),
        threats=frozenset((row.get("threat") or "").split(";")) - {""},
        names=frozenset(names), born=day_of(row.get("dob") or row.get("date_of_birth")),
        things=frozenset(things),
        beside=frozenset(str(true["other"]) for _ in "1" if true["other"]),
        until=day_of(row.get("back_on")), origin=true["first"],
    )  # fmt: skip


OWNERS: dict[str, int] = {}


def hash_of(owner):
    return OWNERS.setdefault(owner, len(OWNERS) + 1)


def true_answers(truth):
    """For each rule of which the nation knows the truth: the subjects and kinds."""
    threats = defaultdict(set)
    of_network = {row["network"]: set(row["threats"].split(";")) for row in truth["networks"]}
    for row in truth["members"]:
        threats[str(row["person"])] |= of_network[row["network"]]
    for row in truth["loners"]:
        threats[str(row["person"])].add(row["threat"])
    for row in truth["harm"]:
        threats[str(row["by"])].add(row["threat"])
    return {
        "exploitation_in_other_crime": {
            ((person,), threat)
            for person, several in threats.items() if "child_exploitation" in several
            for threat in several - {"child_exploitation"}
        },
        "missing_child_with_offender": {
            ((str(row["child"]), str(row["by"])), "together while missing")
            for row in truth["harm"]
        },
        "managed_offender_new_name": {
            ((str(row["person"]),), "another name") for row in truth["loners"] if row["new_name"]
        },
    }  # fmt: skip


def measured(folder: Path):
    from lightkeeper.engine.alerts import Desk, rules_on, the_rules

    rows, truth = read(folder)
    desk, costs, changes = Desk(rules_on(the_rules(), date(2026, 11, 30))), [], Counter()
    for _, day in groupby(rows, key=lambda one: one[0]):
        today = [saying for _, saying in day]
        for batch in (today[at : at + BIG] for at in range(0, len(today), BIG)):
            start = time.process_time()
            change = desk.land(batch)
            costs.append((time.process_time() - start) / len(batch))
            for name in ("raised", "grew", "gone"):
                changes[name] += len(getattr(change, name))
    start = time.process_time()
    whole = Desk(desk.rules.values())
    whole.land(saying for _, saying in rows)
    at_once = time.process_time() - start
    answers, found = true_answers(truth), []
    for code in desk.rules:
        alerts = {(key.subjects, key.kind) for key in desk.alerts if key.rule == code}
        line = {"rule": code, "alerts": len(alerts)}
        if code in answers:
            line["right"] = len(alerts & answers[code])
            line["true"] = len(answers[code])
        found.append(line)
    return {
        "rows": len(rows), "rules": found, **changes, "same": whole.alerts == desk.alerts,
        "ms_a_row": round(1000 * sum(costs) / len(costs), 3),
        "ms_slowest_1%": round(1000 * statistics.quantiles(costs, n=100)[-1], 3),
        "at_once_s": round(at_once, 1),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    found = measured(args.folder)
    for line in found.pop("rules"):
        print(json.dumps(line))
    print(json.dumps(found))
    if args.json:
        args.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
