"""What records of each kind of subject are compared on: `subjects.yaml`, read."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from lightkeeper.engine.linkage.plan import Kind, Subject


@dataclass(frozen=True)
class SubjectKind:
    """`compares`: kinds of field that say something of such a subject. `decides`: those where a
    difference of more than a slip means two. `own`: those that no two subjects share, but by a
    slip; from records that do, the rest is learnt. `differ`: what no two of one group share.
    `headings`: what a heading in plain words holds.
    """

    compares: frozenset[Kind]
    decides: frozenset[Kind]
    own: frozenset[Kind]
    differ: frozenset[Kind]
    headings: Mapping[str, Kind]


@cache
def subject_kinds() -> Mapping[Subject, SubjectKind]:
    """Every kind of subject there is."""
    text = (Path(__file__).parent / "subjects.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    return {
        subject: SubjectKind(
            frozenset(map(Kind, data[subject]["compares"])),
            frozenset(map(Kind, data[subject].get("decides", ()))),
            frozenset(map(Kind, data[subject].get("own", ()))),
            frozenset(map(Kind, data[subject].get("differ", ()))),
            {
                heading: Kind(kind)
                for kind, headings in data[subject].get("headings", {}).items()
                for heading in headings
            },
        )
        for subject in Subject
    }
