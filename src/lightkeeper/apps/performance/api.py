"""Results over the API."""

from datetime import date

from django.http import HttpRequest
from ninja import Router, Schema

from lightkeeper.apps.performance import queries

router = Router()


class Problem(Schema):
    detail: str


class FigureOut(Schema):
    heading: str
    count: int
    outcomes: list[str]


class Results(Schema):
    since: date
    until: date
    rule: str
    figures: list[FigureOut]


@router.get("", response={200: Results, 401: Problem, 422: Problem}, url_name="results")
def results(
    request: HttpRequest,
    since: date,
    until: date,
    result: str = "",
    agency: str = "",
    theme: str = "",
) -> object:
    """Figures from the day `since` to the day before `until`, each with its outcomes."""
    found = queries.results(
        request.actor,  # type: ignore[attr-defined]
        since=since,
        until=until,
        narrowed=queries.Narrowed(result, agency, theme),
    )
    figures = [
        {
            "heading": behind.figure.heading,
            "count": behind.figure.count,
            "outcomes": [one.reference for one in behind.outcomes],
        }
        for behind in found
    ]
    return {"since": since, "until": until, "rule": queries.RULE.version, "figures": figures}
