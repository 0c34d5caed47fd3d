"""What a person has sent and not yet confirmed: the bytes and their answers, bound to the person.

Nothing here is a report: it is in no list, no count and no picture, and after a day it is gone.
"""

import json
import os
import re
import secrets
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from lightkeeper.apps.accounts.services import Actor, Agency
from lightkeeper.apps.intake import services
from lightkeeper.apps.intake.arriving import Arrived, Stream, arrive, folder, open_arrived, purge
from lightkeeper.apps.intake.choices import Encoding
from lightkeeper.apps.intake.permissions import check_may_upload
from lightkeeper.core.errors import NotFound
from lightkeeper.engine.errors import FileRefused
from lightkeeper.engine.formats import Table
from lightkeeper.engine.records import Grading

TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


@dataclass(frozen=True)
class Waiting:
    """One file that waits. `answers` are those of the first page; `mapping` is YAML."""

    token: str
    person_id: int
    file_name: str
    digest: str
    size_bytes: int
    format: str
    answers: dict[str, Any] = field(default_factory=dict)
    mapping: str = ""

    @property
    def path(self) -> Path:
        return folder() / f"{self.token}.bytes"

    @property
    def needs_mapping(self) -> bool:
        return self.format != "ftm_jsonl"

    def table(self) -> Table:
        """Raises: FileRefused."""
        encoding = self.answers.get("encoding", "utf-8")
        return open_arrived(self.path, self.file_name, self.format, encoding)


def hold(by: Actor, arrived: Arrived, file_name: str, answers: dict[str, Any]) -> Waiting:
    """Keep what arrived until its sender confirms it, or a day has passed."""
    assert arrived.path is not None
    waiting = Waiting(
        secrets.token_urlsafe(24), by.person_id, file_name, arrived.digest, arrived.size_bytes,
        arrived.format, answers,
    )  # fmt: skip
    arrived.path.replace(waiting.path)
    _write(waiting)
    return waiting


def with_mapping(waiting: Waiting, text: str) -> Waiting:
    changed = replace(waiting, mapping=text)
    _write(changed)
    return changed


def get_waiting(by: Actor, token: str) -> Waiting:
    """What this person has waiting. Raises: NotFound, the same for another's."""
    if TOKEN.fullmatch(token):
        try:
            data = json.loads(_answers_at(token).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise NotFound("upload") from None
        waiting = Waiting(**data)
        if waiting.person_id == by.person_id and waiting.path.exists():
            return waiting
    raise NotFound("upload")


def let_go(waiting: Waiting) -> None:
    waiting.path.unlink(missing_ok=True)
    _answers_at(waiting.token).unlink(missing_ok=True)


def _answers_at(token: str) -> Path:
    return folder() / f"{token}.json"


def _write(waiting: Waiting) -> None:
    place = _answers_at(waiting.token)
    part = place.with_suffix(".writing")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(asdict(waiting), out)
    part.replace(place)


def take_in(
    *, by: Actor, file: Stream, file_name: str, answers: dict[str, Any], at: datetime
) -> Waiting | FileRefused:
    """Let a file wait for its sender's confirmation, or turn it away with an event that says so.

    Raises: NotPermitted.
    """
    check_may_upload(by)
    purge()
    arrived = arrive(file, file_name, into=folder())
    refusal = arrived.refusal
    if refusal is None:
        waiting = hold(by, arrived, file_name, answers)
        try:
            waiting.table()
        except FileRefused as error:
            let_go(waiting)
            refusal = error
        else:
            return waiting
    services.refuse_arrival(by=by, arrived=replace(arrived, refusal=refusal), at=at)
    return refusal


@transaction.atomic
def confirm(*, by: Actor, waiting: Waiting, at: datetime) -> services.Receipt:
    """Make a report of what waits, with the answers that its sender gave.

    Raises: as `receive` and `make_mapping` do; the file then goes on waiting.
    """
    answers = waiting.answers
    compartment = answers.get("compartment")
    mapping = None
    if waiting.needs_mapping:
        mapping = services.make_mapping(by=by, text=waiting.mapping, at=at, compartment=compartment)
    with waiting.path.open("rb") as file:
        receipt = services.receive(
            by=by,
            file=file,
            file_name=waiting.file_name,
            grading=Grading(*answers["grading"][:4], tuple(answers["grading"][4])),
            level=answers["level"],
            released_to=list(Agency.objects.filter(code__in=answers.get("released_to", []))),
            compartment=compartment,
            conditions=answers.get("conditions", []),
            source=answers.get("source", ""),
            encoding=answers.get("encoding", Encoding.UTF8),
            mapping=mapping,
            at=at,
        )
    transaction.on_commit(lambda: let_go(waiting))
    return receipt
