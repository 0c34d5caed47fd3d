"""A hand-made story for the demo: one missing child, one network, several agencies, and errors.

Nobody in it exists; the places are made up, the phone numbers are those kept for drama, and the
postcodes are in no area. What matters stands in `statements.txt`, in sentences; the rest is made up
around it. Run `python -m lightkeeper.engine.synthetic.story --out DIR` to write the files again:
the same seed gives the same bytes.
"""

import argparse
import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any

from lightkeeper.engine.synthetic.hub_links import hub_links
from lightkeeper.engine.synthetic.persons import (
    TODAY,
    Somebody,
    bystanders,
    read_words,
    the_cast,
)
from lightkeeper.engine.synthetic.rows import (
    COUNCIL,
    POLICE,
    Statement,
    council_row,
    hub_entity,
    police_row,
)
from lightkeeper.engine.synthetic.slips import Slips
from lightkeeper.engine.synthetic.workbook import write_workbook

SEED = 20261123
FILES = {
    "N": "northshire-intelligence.csv",
    "W": "westmark-children.xlsx",
    "H": "hub-entities.ftm.jsonl",
    "E": "eastmere-restricted.csv",
    "L": "legacy-5x5x5.csv",
}
ROWS = {"N": 180, "W": 120, "H": 68, "E": 30, "L": 30}  # in all, what is said by hand included
SPAN_DAYS = {"N": (3, 380), "W": (4, 320), "H": (5, 250), "E": (8, 170), "L": (4000, 4500)}
REFERENCE = {"N": "NS{:05}", "W": "WM-{:04}", "H": "hub-{:04}", "E": "EM-{:03}", "L": "L{:04}"}
FIRST = {"N": (26000, 7), "W": (4100, 3), "H": (1, 1), "E": (700, 1), "L": (8800, 4)}
GRADES = {"N": ("112", "ABCD"), "W": ("112", "AABC"), "H": ("2", "CD"), "E": ("12", "AB"),
          "L": ("ABCE", "1234")}  # fmt: skip


@dataclass(frozen=True)
class Truth:
    """Who a row is really about, and the identity under which it names them."""

    file: str
    key: str
    person: str
    identity: str


@dataclass
class Story:
    """The people, the rows of each file by its letter, and who each row is really about."""

    people: dict[str, Somebody]
    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    hub: list[dict[str, Any]] = field(default_factory=list)
    truth: list[Truth] = field(default_factory=list)


def tell(seed: int = SEED) -> Story:
    """The whole story, the same for the same seed."""
    chance = Random(seed)  # noqa: S311 (a story, not a secret)
    slips = Slips(chance)
    cast, others = the_cast(), bystanders(chance)
    story = Story({one.key: one for one in [*cast, *others]})
    by_hand = list(read_statements())
    for letter in FILES:
        said = [one for one in by_hand if one.file == letter]
        said += _small_talk(letter, ROWS[letter] - len(said), others, chance)
        _enter(story, letter, sorted(said, key=lambda one: one.day), chance, slips)
    story.hub += hub_links({one.key: one.identity for one in story.truth if one.file == FILES["H"]})
    _spoil(story)
    return story


def read_statements() -> Iterator[Statement]:
    """What `statements.txt` says: who, day, file, grade, harm, as named, note."""
    text = files(__package__).joinpath("statements.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            who, day, letter, grade, harm, named, note = line.split("|")
            yield Statement(
                who, date.fromisoformat(day), letter, grade[0], grade[1], harm, named, note
            )


def _small_talk(
    letter: str, count: int, others: list[Somebody], chance: Random
) -> Iterator[Statement]:
    """What is said of people of whom there is nothing to say."""
    notes = read_words("words.yaml")["notes"][letter]
    adults = [one for one in others if not one.is_child(TODAY)]
    of_age_then = [one for one in adults if one.born.year < 1990]
    children = [one for one in others if one.is_child(TODAY)]
    about = {"W": [*children, *children, *adults[:30]], "L": of_age_then}.get(letter, adults)
    nearest, farthest = SPAN_DAYS[letter]
    for _ in range(count):
        source, information = (chance.choice(codes) for codes in GRADES[letter])
        day = TODAY - timedelta(days=chance.randint(nearest, farthest))
        yield Statement(
            chance.choice(about).key, day, letter, source, information, "", "", chance.choice(notes)
        )


def _enter(story: Story, letter: str, said: list[Statement], chance: Random, slips: Slips) -> None:
    first, step = FIRST[letter]
    rows = story.tables.setdefault(letter, [])
    for number, statement in enumerate(said):
        one = story.people[statement.who]
        ref = REFERENCE[letter].format(first + number * step)
        if letter == "H":
            story.hub.append(hub_entity(statement, one, ref, chance, slips))
        elif letter == "W":
            rows.append(council_row(statement, one, ref, chance, slips))
        else:
            rows.append(police_row(statement, one, ref, chance, slips))
        story.truth.append(Truth(FILES[letter], ref, one.really or one.key, one.key))


def _spoil(story: Story) -> None:
    """Six rows that cannot be taken in as they are, so that quarantine has something to show.
    None of them is about the cast.
    """
    of_no_weight = {
        letter: [
            row
            for row in rows
            if next(t for t in story.truth if t.key == row[0]).person.startswith("p")
        ]
        for letter, rows in story.tables.items()
    }
    police, council = of_no_weight["N"], of_no_weight["W"]
    police[10][POLICE.index("dob")] = "31/02/1990"
    police[40][POLICE.index("info")] = "7"
    police[70].append("a cell too many")
    council[20][COUNCIL.index("Date of birth")] = "2010-13-12"
    for heading in COUNCIL:
        if heading not in ("Contact ID", "Date", "Source", "Information"):
            council[35][COUNCIL.index(heading)] = ""
    people = {t.key for t in story.truth if t.person.startswith("p")}
    del [one for one in story.hub if one["id"] in people][15]["schema"]


def write_story(folder: Path, seed: int = SEED) -> Story:
    """Write every file of the story to a folder. Raises OSError if that cannot be done."""
    story = tell(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for letter in "NEL":
        _write_csv(folder / FILES[letter], POLICE, story.tables[letter])
    write_workbook(folder / FILES["W"], "Contacts", COUNCIL, story.tables["W"])
    with (folder / FILES["H"]).open("w", encoding="utf-8", newline="") as out:
        out.writelines(
            json.dumps(one, sort_keys=True, ensure_ascii=False) + "\n" for one in story.hub
        )
    rows = [[one.file, one.key, one.person, one.identity] for one in story.truth]
    _write_csv(folder / "truth.csv", ["file", "key", "person", "identity"], rows)
    return story


def _write_csv(path: Path, header: list[str], rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args()
    story = write_story(given.out, given.seed)
    print(f"{len(story.truth)} mentions of {len(story.people)} made-up people in {given.out}")


if __name__ == "__main__":
    main()
