"""Pointers and broken glass over the API: the same queries and services as the pages."""

import time
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from lightkeeper.apps.accounts.services import Glass
from lightkeeper.apps.sharing import queries, services
from lightkeeper.apps.sharing.choices import Danger, Finding
from lightkeeper.core.ticks import wait_for_tick

router = Router()


class Problem(Schema):
    detail: str


PROBLEMS = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


class AskIn(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)

    about: str = Field(min_length=1, max_length=200)
    case: str = Field(min_length=1, max_length=60, pattern=r"\S")
    reason: str = Field(min_length=1, max_length=2000, pattern=r"\S")


class DeskOut(Schema):
    reference: str
    agency: str


class AskOut(Schema):
    reference: str
    desks: list[DeskOut]


class EnquiryOut(Schema):
    reference: str
    record: str
    asked_by: str
    agency: str
    case: str
    reason: str
    asked_at: datetime
    silent: bool


class BreakIn(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)

    about: str = Field(min_length=1, max_length=200)
    danger: Literal["LIFE", "SERIOUS_HARM", "MISSING", "TAKEN"]
    justification: str = Field(min_length=1, max_length=4000, pattern=r"\S")


class OpenedOut(Schema):
    glass: list[str]
    records: list[str]


class GlassOut(Schema):
    reference: str
    owner: str
    person: str
    agency: str
    danger: str
    justification: str
    opened_at: datetime
    until: datetime
    reviewed: bool


class ReviewIn(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)

    finding: Literal["LAWFUL", "LESSON", "CONDUCT"]
    reason: str = Field(min_length=1, max_length=4000, pattern=r"\S")


@router.post("/ask", response={200: AskOut, **PROBLEMS}, url_name="ask_who_holds")
def ask_who_holds(request: HttpRequest, given: AskIn) -> object:
    started = time.monotonic()
    asked, desks = services.ask_who_holds(
        by=request.actor,
        at=timezone.now(),
        **given.dict(),  # type: ignore[attr-defined]
    )
    wait_for_tick(started, settings.POINTER_TICK_SECONDS)
    named = [{"reference": one.reference, "agency": one.agency.name} for one in desks]
    return {"reference": asked.reference, "desks": named}


@router.get("/enquiries", response={200: list[EnquiryOut], **PROBLEMS}, url_name="enquiries")
def enquiries(request: HttpRequest) -> object:
    return [
        {
            "reference": one.enquiry.reference,
            "record": one.record.reference,
            "asked_by": one.enquiry.asked_by.name,
            "agency": one.enquiry.agency.name,
            "case": one.enquiry.case,
            "reason": one.enquiry.reason,
            "asked_at": one.enquiry.asked_at,
            "silent": one.enquiry.silent,
        }
        for one in queries.enquiries(request.actor)  # type: ignore[attr-defined]
    ]


@router.post("/glass", response={200: OpenedOut, **PROBLEMS}, url_name="break_glass")
def break_glass(request: HttpRequest, given: BreakIn) -> object:
    opened = services.break_glass(
        by=request.actor,  # type: ignore[attr-defined]
        about=given.about,
        danger=Danger(given.danger),
        justification=given.justification,
        at=timezone.now(),
    )
    return {"glass": opened.glass, "records": opened.records}


@router.get("/glass", response={200: list[GlassOut], **PROBLEMS}, url_name="glass_list")
def glass_list(request: HttpRequest, reviewed: bool = False) -> object:
    rows = queries.glass_list(request.actor, reviewed=reviewed)  # type: ignore[attr-defined]
    return [_shown(one) for one in rows]


@router.get("/glass/{reference}", response={200: GlassOut, **PROBLEMS}, url_name="glass")
def glass(request: HttpRequest, reference: str) -> object:
    return _shown(queries.show_glass(request.actor, reference).glass)  # type: ignore[attr-defined]


@router.post(
    "/glass/{reference}/review", response={200: GlassOut, **PROBLEMS}, url_name="review_glass"
)
def review_glass(request: HttpRequest, reference: str, given: ReviewIn) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    services.review_glass(
        by=actor,
        glass=queries.get_glass(actor, reference),
        finding=Finding(given.finding),
        reason=given.reason,
        at=timezone.now(),
    )
    return _shown(queries.get_glass(actor, reference))


@router.post(
    "/glass/{reference}/close", response={200: GlassOut, **PROBLEMS}, url_name="close_glass"
)
def close_glass(request: HttpRequest, reference: str) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.get_glass(actor, reference)
    services.close_glass(by=actor, glass=found, at=timezone.now())
    return _shown(found)


def _shown(one: Glass) -> dict[str, object]:
    return {
        "reference": one.reference,
        "owner": one.bucket.owner.name,
        "person": one.person.name,
        "agency": one.person.agency.name,
        "danger": one.danger,
        "justification": one.justification,
        "opened_at": one.opened_at,
        "until": one.until,
        "reviewed": one.reviewed,
    }


from lightkeeper.apps.sharing import api_conditions  # noqa: E402, F401 - its doors are of this router
