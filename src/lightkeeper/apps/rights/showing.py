"""What the pages of requests show, ready to be laid out."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms as django_forms
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.rights import forms, queries, services
from lightkeeper.apps.rights.choices import CaseStatus
from lightkeeper.apps.rights.clock import Clock
from lightkeeper.apps.rights.models import Case
from lightkeeper.apps.rights.reckoning import clock_of
from lightkeeper.apps.rights.stores import ELSEWHERE, stores
from lightkeeper.core.rules import allowed

SOON_DAYS = 7
Given = dict[str, django_forms.Form]


def tabs(here: str) -> list[dict[str, Any]]:
    named = (
        ("open", _("To be answered"), reverse("rights:cases")),
        ("ended", _("Ended"), reverse("rights:cases") + "?ended=yes"),
        ("parts", _("Parts asked for"), reverse("rights:parts")),
    )
    return [{"label": label, "url": url, "current": name == here} for name, label, url in named]


def days(clock: Clock) -> dict[str, Any]:
    """How many days are left, in words, with a tone."""
    if clock.days_left is None:
        waits = {
            "who asks": _("Waits for who asks"),
            "what was asked back": _("Waits for an answer"),
        }
        return {"words": waits.get(clock.waits_for, ""), "tone": "neutral"}
    left = clock.days_left
    if left < 0:
        said = ngettext("%(n)d day overdue", "%(n)d days overdue", -left) % {"n": -left}
        return {"words": said, "tone": "danger"}
    said = ngettext("%(n)d day left", "%(n)d days left", left) % {"n": left}
    return {"words": said, "tone": "warn" if left <= SOON_DAYS else "info"}


def case_rows(page: queries.Page) -> list[dict[str, Any]]:
    return [{"case": row.case, "clock": row.clock, "days": days(row.clock)} for row in page.rows]


def form_of(act: str, case: Case, actor: Actor, *, on: date, data: Any = None) -> django_forms.Form:
    """The form of an act. Its fields carry the act's name: several stand on one page."""
    if act == "submit":
        return forms.Submit(data, prefix=act, kind=case.kind)
    if act == "ask":
        agencies = queries.agencies_to_ask(actor, case, on)
        return forms.AskParts(data, prefix=act, agencies=agencies)
    kinds: dict[str, Any] = {
        "identify": forms.OnADay, "ask_back": forms.OnADay, "had_back": forms.OnADay,
        "extend": forms.Extend, "find": django_forms.Form,
    }  # fmt: skip
    return kinds.get(act, forms.Reason)(data, prefix=act)  # type: ignore[no-any-return]


def case_page(actor: Actor, case: Case, *, on: date, given: Given) -> dict[str, Any]:
    """`given` holds a form that was sent and could not be read, by the name of its act."""
    clock = clock_of(case, on=on)
    return {
        "case": case,
        "clock": clock,
        "days": days(clock),
        "facts": _facts(case, clock),
        "history": [_step(one) for one in queries.steps(actor, case)],
        "parts": queries.parts_of(actor, case),
        "acts": _acts(actor, case, on, given),
        "searched": [one.words for one in stores()],
        "elsewhere": sorted(set(ELSEWHERE.values())),
        "crumbs": crumbs(case),
    }


def crumbs(case: Case, *more: str) -> list[dict[str, str]]:
    base = [{"label": _("Rights"), "url": reverse("rights:cases")}]
    if not more:
        return [*base, {"label": case.reference}]
    here = {"label": case.reference, "url": case.get_absolute_url()}
    return [*base, here, *({"label": one} for one in more)]


def _day(day: date | None) -> str:
    return date_format(day, "j F Y") if day else ""


def _facts(case: Case, clock: Clock) -> list[dict[str, Any]]:
    return [
        {"label": _("Asked for"), "value": case.get_kind_display()},
        {"label": _("Who asks"), "value": case.name, "note": ", ".join(case.other_names)},
        {"label": _("Born"), "value": _day(case.born_on)},
        {"label": _("Numbers and addresses"), "value": ", ".join(case.identifiers)},
        {"label": _("What they wrote"), "value": case.details},
        {"label": _("Came on"), "value": _day(case.received_on)},
        {"label": _("Clock runs from"), "value": _day(clock.runs_from)},
        {"label": _("To be answered by"), "value": _day(clock.due), "note": case.extension_reason},
        {"label": _("Answer"), "value": case.get_answer_display() if case.answer else ""},
        {"label": _("Put forward by"), "value": case.submitted_by or ""},
        {
            "label": _("Signed off by"),
            "value": case.signed_by or "",
            "note": _day(case.answered_on),
        },
    ]


def _step(one: Any) -> dict[str, Any]:
    return {
        "what": one.what, "when": one.at, "who": f"{one.person}, {one.person.agency}",
        "detail": one.reason, "tone": "info",
    }  # fmt: skip


def _acts(actor: Actor, case: Case, on: date, given: Given) -> list[dict[str, Any]]:
    """What can be done with it now, each with its form or the reason why not."""
    found: list[dict[str, Any]] = []

    def offer(
        name: str, title: str, label: str, check: Callable[..., None], tone: str = ""
    ) -> None:
        found.append(
            {
                "name": name, "title": title, "label": label, "tone": tone,
                "url": reverse(f"rights:{name}", args=[case.reference]),
                "form": given.get(name) or form_of(name, case, actor, on=on),
                "decision": allowed(check, actor, case),
            }
        )  # fmt: skip

    if case.status == CaseStatus.RECEIVED:
        offer("identify", _("Confirm who asks"), _("Confirm"), services.check_can_identify)
    if case.status == CaseStatus.OPEN:
        offer("find", _("Find all that is held"), _("Search all stores"), services.check_can_find)
        offer("ask", _("Ask other agencies for their part"), _("Ask"),
              services.check_can_handle, "secondary")  # fmt: skip
        offer("submit", _("Put the answer forward"), _("Put forward"),
              services.check_can_submit, "secondary")  # fmt: skip
        if case.asked_back_on is None:
            offer("ask_back", _("Ask something back"), _("Note the question"),
                  services.check_can_handle, "secondary")  # fmt: skip
        elif case.had_back_on is None:
            offer("had_back", _("What was asked back has come"), _("Note the answer"),
                  services.check_can_handle, "secondary")  # fmt: skip
        if not case.extended_months:
            offer("extend", _("Take more time"), _("Extend"),
                  services.check_can_handle, "secondary")  # fmt: skip
    if case.status == CaseStatus.TO_SIGN:
        offer("sign", _("Sign the answer off"), _("Sign off"), services.check_can_sign)
        offer("send_back", _("Take it up again"), _("Send back"),
              services.check_can_submit_again, "secondary")  # fmt: skip
    if case.status not in queries.ENDED:
        offer("withdraw", _("It is taken back"), _("Withdraw"),
              services.check_can_withdraw, "secondary")  # fmt: skip
    return found


def record_page(actor: Actor, shown: queries.OnRecord, given: Given) -> dict[str, Any]:
    """Restriction and corrections of a record, with what may be done now."""
    record = shown.record
    acts: list[dict[str, Any]] = []

    def offer(name: str, title: str, label: str, check: Callable[..., None], about: Any) -> None:
        acts.append(
            {
                "name": name, "title": title, "label": label, "tone": "",
                "url": reverse(f"rights:{name}", args=[record.reference]),
                "form": given.get(name) or record_form(name, record),
                "decision": allowed(check, actor, about),
            }
        )  # fmt: skip

    if shown.restriction is not None:
        offer("lift", _("Let it be used again"), _("Lift the restriction"),
              services.check_can_lift, shown.restriction)  # fmt: skip
    else:
        offer("restrict", _("Hide it from use"), _("Restrict"), services.check_can_restrict, record)
    offer("correct", _("State what is right"), _("Add"), services.check_can_correct, record)
    return {
        "shown": shown,
        "record": record,
        "acts": acts,
        "crumbs": [{"label": _("Rights"), "url": reverse("rights:cases")},
                   {"label": record.reference}],
    }  # fmt: skip


def record_form(act: str, record: Any, data: Any = None) -> django_forms.Form:
    if act == "restrict":
        return forms.Restrict(data, prefix=act)
    if act == "correct":
        return forms.Correct(data, prefix=act, properties=record.properties)
    return forms.Reason(data, prefix=act)


def item_form(shown: queries.Found, data: Any = None) -> forms.Decide:
    said = shown.content.statements
    flags = queries.flagged(shown.item, said)
    was: dict[str, Any] = {}
    if shown.decision is not None:
        was = {"choice": shown.decision.choice, "ground": shown.decision.ground}
        was |= {
            f"part-{number}": shown.decision.left_out.get(one.key, "")
            for number, one in enumerate(said)
        }
    return forms.Decide(data, prefix="decide", statements=said, flags=flags, initial=was)
