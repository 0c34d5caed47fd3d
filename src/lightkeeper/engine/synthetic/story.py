"""A hand-made story for the demo: one missing child, one network, several agencies, and errors.

Nobody in it exists; the places are made up, the phone numbers are those kept for drama, and the
postcodes are in no area. Run `python -m lightkeeper.engine.synthetic.story --out DIR` to write the
files again: the same seed gives the same bytes.
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

import yaml

from lightkeeper.engine.synthetic.slips import Slips
from lightkeeper.engine.synthetic.workbook import write_workbook

SEED = 20261123
TODAY = date(2026, 11, 20)
NORTHSHIRE = [
    "ref",
    "reported",
    "surname",
    "forename",
    "aka",
    "dob",
    "mobile",
    "address",
    "postcode",
    "vehicle",
    "role",
    "harm",
    "threat",
    "src",
    "info",
    "note",
]
WESTMARK = [
    "Contact ID",
    "Date",
    "First name",
    "Last name",
    "Date of birth",
    "Telephone",
    "Address",
    "Postcode",
    "Role",
    "Concern",
    "Source",
    "Information",
    "Note",
]


@dataclass(frozen=True)
class Somebody:
    """One made-up person, as they truly are."""

    key: str
    given: str
    family: str
    born: date
    address: str
    postcode: str
    phone: str = ""
    aliases: tuple[str, ...] = ()
    vehicle: str = ""
    role: str = "associate"
    harms: tuple[str, ...] = ()
    threats: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    mentions: tuple[int, int, int] = (1, 1, 0)  # in Northshire's, Westmark's and the hub's files


@dataclass
class Story:
    """The people and the rows that say something of them; `truth` is (file, sender's key, person)."""

    people: list[Somebody]
    northshire: list[list[str]] = field(default_factory=list)
    legacy: list[list[str]] = field(default_factory=list)
    eastmere: list[list[str]] = field(default_factory=list)
    westmark: list[list[str]] = field(default_factory=list)
    hub: list[dict[str, Any]] = field(default_factory=list)
    truth: list[tuple[str, str, str]] = field(default_factory=list)


def tell(seed: int = SEED) -> Story:
    """The whole story, the same for the same seed."""
    chance = Random(seed)  # noqa: S311 (a story, not a secret)
    slips = Slips(chance)
    story = Story([*_the_cast(), *_bystanders(chance)])
    for somebody in story.people:
        _mention(story, somebody, chance, slips)
    _associations(story)
    _mistakes(story)
    return story


def _the_cast() -> list[Somebody]:
    told = yaml.safe_load(files(__package__).joinpath("cast.yaml").read_text(encoding="utf-8"))
    return [
        Somebody(
            key=key,
            given=one["given"],
            family=one["family"],
            born=one["born"],
            address=one["address"],
            postcode=one["postcode"],
            phone=one.get("phone", ""),
            aliases=tuple(one.get("aliases", ())),
            vehicle=one.get("vehicle", ""),
            role=one.get("role", "associate"),
            harms=tuple(one.get("harms", ())),
            threats=tuple(one.get("threats", ())),
            notes=tuple(one.get("notes", ())),
            mentions=tuple(one["mentions"]),
        )
        for key, one in told.items()
    ]


def _bystanders(chance: Random, count: int = 86) -> Iterator[Somebody]:
    """Everybody else: a dozen at the hostel, some children known to services, the rest elsewhere."""
    words = yaml.safe_load(files(__package__).joinpath("words.yaml").read_text(encoding="utf-8"))
    for number in range(count):
        child = number % 4 == 1
        age_days = chance.randint(7 * 365, 16 * 365) if child else chance.randint(19, 68) * 365
        hostel = number % 7 == 0 and not child
        yield Somebody(
            key=f"P{number:03}",
            given=chance.choice(words["given"]),
            family=chance.choice(words["family"]),
            born=TODAY - timedelta(days=age_days + chance.randint(0, 364)),
            address="Harbour View Hostel, 4 Quay Street"
            if hostel
            else f"{chance.randint(1, 180)} {chance.choice(words['street'])}",
            postcode="NX4 1HV"
            if hostel
            else f"NX{chance.randint(1, 9)} {chance.randint(1, 9)}{chance.choice('ABDEF')}A",
            phone="" if chance.random() < 0.4 else f"07700 900{chance.randint(200, 999)}",
            role="child-at-risk" if child else chance.choice(["associate", "witness"]),
            notes=_ordinary_notes(chance, child),
            mentions=(
                (0, chance.randint(2, 3), 0)
                if child
                else (chance.randint(1, 2), chance.randint(0, 1), chance.randint(0, 1))
            ),
        )


def _ordinary_notes(chance: Random, child: bool) -> tuple[str, ...]:
    if child:
        return (chance.choice(["School asks for advice.", "Family support offered and taken up."]),)
    return (chance.choice(["Named by a caller.", "Gave a statement.", "Seen in a stop."]),)


def _mention(story: Story, one: Somebody, chance: Random, slips: Slips) -> None:
    at_northshire, at_westmark, at_hub = one.mentions
    for turn in range(at_northshire):
        ref = f"NS{26000 + len(story.northshire) * 7}"
        story.northshire.append([ref, *_police_row(one, turn, chance, slips, "3x5x2")])
        story.truth.append(("northshire-intelligence.csv", ref, one.key))
    for _turn in range(at_westmark):
        ref = f"WM-{4100 + len(story.westmark) * 3}"
        story.westmark.append([ref, *_council_row(one, chance, slips)])
        story.truth.append(("westmark-children.xlsx", ref, one.key))
    for _turn in range(at_hub):
        ref = f"hub-{len(story.hub) + 1:04}"
        story.hub.append(_entity(ref, one, chance, slips))
        story.truth.append(("hub-entities.ftm.jsonl", ref, one.key))
    if one.harms or chance.random() < 0.2:
        ref = f"L{8800 + len(story.legacy)}"
        story.legacy.append([ref, *_police_row(one, 0, chance, slips, "5x5x5", years_ago=11)])
        story.truth.append(("legacy-5x5x5.csv", ref, one.key))
    if "lantern" in one.notes:
        for turn in range(3):
            ref = f"EM-{700 + len(story.eastmere)}"
            story.eastmere.append([ref, *_police_row(one, turn, chance, slips, "3x5x2")])
            story.truth.append(("eastmere-restricted.csv", ref, one.key))


def _police_row(
    one: Somebody, turn: int, chance: Random, slips: Slips, scheme: str, years_ago: int = 0
) -> list[str]:
    seen = TODAY - timedelta(days=chance.randint(3, 420) + 365 * years_ago)
    given, family = slips.name(one.given), slips.name(one.family)
    alias = chance.choice(one.aliases) if one.aliases and chance.random() < 0.7 else ""
    if one.aliases and chance.random() < 0.25:
        given, _, family = chance.choice(one.aliases).partition(" ")
    harm = one.harms[turn % len(one.harms)] if one.harms else ""
    grades = ("ABCE", "1234") if scheme == "5x5x5" else ("122", "ABCD")
    notes = [note for note in one.notes if note != "lantern"]
    return [
        seen.strftime("%d/%m/%Y"), family, given, alias, slips.day(one.born, "%d/%m/%Y"),
        slips.blank(one.phone, 0.35), slips.blank(one.address, 0.25),
        slips.blank(one.postcode, 0.3), slips.blank(one.vehicle, 0.4), one.role, harm,
        ";".join(one.threats), chance.choice(grades[0]), chance.choice(grades[1]),
        notes[turn % len(notes)] if notes else "",
    ]  # fmt: skip


def _council_row(one: Somebody, chance: Random, slips: Slips) -> list[str]:
    seen = TODAY - timedelta(days=chance.randint(5, 300))
    notes = [note for note in one.notes if note != "lantern"]
    return [
        seen.isoformat(), slips.name(one.given), slips.name(one.family),
        slips.day(one.born, "%Y-%m-%d"), slips.blank(one.phone, 0.5), slips.blank(one.address, 0.1),
        slips.blank(one.postcode, 0.15), one.role, "missing" if one.role == "missing-child" else "",
        chance.choice("112"), chance.choice("AABC"), notes[0] if notes else "",
    ]  # fmt: skip


def _entity(ref: str, one: Somebody, chance: Random, slips: Slips) -> dict[str, Any]:
    properties: dict[str, list[str]] = {
        "name": [f"{slips.name(one.given)} {slips.name(one.family)}"],
        "birthDate": [slips.day(one.born, "%Y-%m-%d")],
        "role": [one.role],
    }
    if one.aliases:
        properties["alias"] = list(one.aliases)
    if one.phone and chance.random() < 0.7:
        properties["phone"] = [one.phone]
    if chance.random() < 0.6:
        properties["address"] = [one.address]
    return {"id": ref, "schema": "Person", "properties": properties}


def _associations(story: Story) -> None:
    """What the hub holds of who goes with whom."""
    at_hub = {person: key for file, key, person in story.truth if file.startswith("hub")}
    network = [one.key for one in story.people if "trafficking" in one.threats]
    pairs = [(a, b) for a, b in zip(network, network[1:], strict=False)]
    for number, (a, b) in enumerate(pairs):
        if a in at_hub and b in at_hub:
            story.hub.append(
                {
                    "id": f"hub-link-{number:02}",
                    "schema": "Associate",
                    "properties": {
                        "person": [at_hub[a]],
                        "associate": [at_hub[b]],
                        "relationship": ["seen together"],
                    },
                }
            )


def _mistakes(story: Story) -> None:
    """Rows that cannot be taken in as they are, so that quarantine has something to show."""
    story.northshire[11][5] = "31/02/1990"
    story.northshire[40][13] = "7"
    story.northshire[77].append("a cell too many")
    story.westmark[20][4] = "2010-13-12"
    story.westmark[33][2] = story.westmark[33][3] = ""


def write_story(folder: Path, seed: int = SEED) -> Story:
    """Write every file of the story to a folder. Raises OSError if that cannot be done."""
    story = tell(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (
        ("northshire-intelligence.csv", story.northshire),
        ("legacy-5x5x5.csv", story.legacy),
        ("eastmere-restricted.csv", story.eastmere),
    ):
        _write_csv(folder / name, NORTHSHIRE, rows)
    write_workbook(folder / "westmark-children.xlsx", "Contacts", WESTMARK, story.westmark)
    with (folder / "hub-entities.ftm.jsonl").open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(one, sort_keys=True) + "\n" for one in story.hub)
    _write_csv(folder / "truth.csv", ["file", "key", "person"], [list(row) for row in story.truth])
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
