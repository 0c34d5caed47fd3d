"""How a record is handled, over the API: the same queries and services as the page."""

from datetime import date
from typing import Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Schema
from pydantic import ConfigDict, Field

from lightkeeper.apps.sharing import conditions, queries
from lightkeeper.apps.sharing.api import PROBLEMS, router
from lightkeeper.core.access.envelope import Cond


class ConditionChangeOut(Schema):
    reference: str
    condition: str
    put: bool
    since: date
    until: date | None
    reason: str
    set_by: str


class ConsentOut(Schema):
    reference: str
    agency: str
    since: date | None
    until: date | None
    reason: str
    given_by: str


class HandlingOut(Schema):
    record: str
    stated: list[str]
    today: list[str]
    beside: int
    changes: list[ConditionChangeOut]
    consents: list[ConsentOut]


class SetConditionIn(Schema):
    model_config = ConfigDict(extra="forbid")

    condition: Literal["ORCON", "NO-EXPORT"]
    put: bool
    since: date
    until: date | None = None
    reason: str = Field(min_length=1, max_length=2000, pattern=r"\S")


class GiveConsentIn(Schema):
    model_config = ConfigDict(extra="forbid")

    agency: str = Field(min_length=1, max_length=60)
    since: date
    until: date
    reason: str = Field(min_length=1, max_length=2000, pattern=r"\S")


class EndHandlingIn(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)

    reason: str = Field(min_length=1, max_length=2000, pattern=r"\S")


class HandlingSet(Schema):
    reference: str


@router.get("/handling/{reference}", response={200: HandlingOut, **PROBLEMS}, url_name="handling")
def handling(request: HttpRequest, reference: str) -> object:
    shown = conditions.show(request.actor, reference)  # type: ignore[attr-defined]
    return {
        "record": shown.record.reference, "stated": shown.stated, "today": shown.today,
        "beside": shown.beside,
        "changes": [
            {"reference": one.reference, "condition": Cond(one.conds).words[0], "put": one.puts,
             "since": one.active_from, "until": one.active_to, "reason": one.reason,
             "set_by": one.set_by.username}
            for one in shown.changes
        ],
        "consents": [
            {"reference": one.reference, "agency": one.agency.code, "since": one.active_from,
             "until": one.active_to, "reason": one.reason, "given_by": one.given_by.username}
            for one in shown.consents
        ],
    }  # fmt: skip


@router.post("/handling/{reference}/condition", response={201: HandlingSet, **PROBLEMS},
             url_name="set_condition")  # fmt: skip
def set_condition(request: HttpRequest, reference: str, given: SetConditionIn) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    made = conditions.set_condition(
        by=actor, record=queries.get_record(actor, reference), at=timezone.now(), **given.dict()
    )
    return 201, {"reference": made}


@router.post("/handling/{reference}/consent", response={201: HandlingSet, **PROBLEMS},
             url_name="give_consent")  # fmt: skip
def give_consent(request: HttpRequest, reference: str, given: GiveConsentIn) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    record = queries.get_record(actor, reference)
    conditions.check_can_control(actor, record)
    made = conditions.give_consent(
        by=actor, record=record, agency=conditions.agency_by_code(record, given.agency),
        since=given.since, until=given.until, reason=given.reason, at=timezone.now(),
    )  # fmt: skip
    return 201, {"reference": made}


@router.post("/conditions/{reference}/end", response={200: HandlingSet, **PROBLEMS},
             url_name="end_condition")  # fmt: skip
def end_condition(request: HttpRequest, reference: str, given: EndHandlingIn) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    change = conditions.get_condition(actor, reference)
    conditions.end_condition(by=actor, change=change, reason=given.reason, at=timezone.now())
    return {"reference": reference}


@router.post("/consents/{reference}/withdraw", response={200: HandlingSet, **PROBLEMS},
             url_name="withdraw_consent")  # fmt: skip
def withdraw_consent(request: HttpRequest, reference: str, given: EndHandlingIn) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    consent = conditions.get_consent(actor, reference)
    conditions.withdraw_consent(by=actor, consent=consent, reason=given.reason, at=timezone.now())
    return {"reference": reference}
