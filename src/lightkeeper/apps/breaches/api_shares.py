"""What agencies tell one another of breaches, over the API."""

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from lightkeeper.apps.breaches import queries, services
from lightkeeper.apps.breaches.api import PROBLEMS, BreachShareOut, Strict, share_out

router = Router()


class Shares(Schema):
    shares: list[BreachShareOut]


class SharedLine(Schema):
    record: str
    subject: str
    first_at: datetime
    last_at: datetime
    left_the_system: bool


class ShareShown(Schema):
    share: BreachShareOut
    affected: list[SharedLine]
    after: str


class ShareTold(Schema):
    reference: str


class TellIn(Strict):
    said: str = Field(min_length=1, max_length=6000, pattern=r"\S")


class TakeUpShareIn(Strict):
    answer: str = Field(min_length=1, max_length=6000, pattern=r"\S")


@router.get("/", response={200: Shares, **PROBLEMS}, url_name="breach_shares")
def shares(request: HttpRequest, after: str = "") -> object:
    found = queries.shares(request.actor, after=after)  # type: ignore[attr-defined]
    return {"shares": list(map(share_out, found))}


@router.get("/{reference}", response={200: ShareShown, **PROBLEMS}, url_name="breach_share")
def share(request: HttpRequest, reference: str, after: str = "") -> object:
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.find_share(actor, reference)
    page = queries.share_affected(actor, found, after=after)
    lines = [
        {"record": one.affected.reference, "subject": one.subject,
         "first_at": one.affected.first_at, "last_at": one.affected.last_at,
         "left_the_system": one.affected.disclosed}
        for one in page.lines
    ]  # fmt: skip
    return {"share": share_out(found), "affected": lines, "after": page.after}


@router.post(
    "/{reference}/telling", response={200: ShareTold, **PROBLEMS}, url_name="tell_breach_owner"
)
def tell(request: HttpRequest, reference: str, given: TellIn) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.find_share(actor, reference)
    services.tell_owner(by=actor, share=found, said=given.said, at=timezone.now())
    return {"reference": found.reference}  # it is the owner's from now on


@router.post(
    "/{reference}/answer",
    response={200: BreachShareOut, **PROBLEMS},
    url_name="answer_breach_share",
)
def answer(request: HttpRequest, reference: str, given: TakeUpShareIn) -> object:
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.find_share(actor, reference)
    services.answer_share(by=actor, share=found, answer=given.answer, at=timezone.now())
    return share_out(queries.find_share(actor, reference))
