"""What the page of a record's retention shows, ready to be laid out."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms as django_forms
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.governance import forms, queries, services
from lightkeeper.apps.governance.choices import Question
from lightkeeper.apps.governance.models import Disposal, Hold
from lightkeeper.core.rules import allowed


def kept_page(
    actor: Actor, shown: queries.Kept, *, on: date, given: dict[str, django_forms.Form]
) -> dict[str, Any]:
    """`given` holds a form that was sent and could not be read, by the name of its act."""
    return {
        "shown": shown,
        "record": shown.record,
        "facts": _facts(shown),
        "holds": [_hold(actor, one, given) for one in shown.holds],
        "history": [*(_review(one) for one in shown.reviews),
                    *(_withdrawn(one) for one in shown.withdrawn)],
        "proposal": shown.proposal,
        "proposal_answers": answers_in_words(shown.proposal.answers) if shown.proposal else [],
        "acts": _acts(actor, shown, on, given),
        "crumbs": [
            {"label": _("Governance"), "url": reverse("governance:due")},
            {"label": shown.record.reference},
        ],
    }  # fmt: skip


def tabs(here: str) -> list[dict[str, Any]]:
    named = (("due", _("Due for review")), ("notices", _("Notices")), ("erasures", _("Erased")))
    return [
        {"label": label, "url": reverse(f"governance:{name}"), "current": name == here}
        for name, label in named
    ]


def answers_in_words(answers: list[str]) -> list[str]:
    return [str(Question(answer).label) for answer in answers]


def form_of(act: str, *, on: date, data: Any = None) -> django_forms.Form:
    """The form of an act. Its fields carry the act's name: several stand on one page."""
    if act == "retain":
        groups = [(rule.number, str(rule)) for rule in queries.rules_on(on)]
        return forms.Retain(data, prefix=act, groups=groups)
    kinds = {"hold": forms.Hold, "propose": forms.Propose}
    return kinds.get(act, forms.Reason)(data, prefix=act)


def _facts(shown: queries.Kept) -> list[dict[str, Any]]:
    entry = shown.entry
    note = "" if entry.reviewed else _("By default: nobody has reviewed it yet")
    return [
        {"label": _("Review group"), "value": f"{entry.number}: {entry.group_name}", "note": note},
        {"label": _("Why this group"), "value": entry.number_reason},
        {"label": _("Held since"), "value": date_format(entry.clear_from, "j F Y")},
        {"label": _("Next review"), "value": date_format(entry.due, "j F Y")},
        {"label": _("Kept to the age of"), "value": entry.to_age or _("No such age")},
        {"label": _("Owner"), "value": shown.record.bucket.owner},
        {"label": _("Source of the rule"), "value": entry.source},
    ]


def _review(one: services.Review) -> dict[str, Any]:
    until = date_format(one.next_review, "j F Y")
    return {
        "what": _("Kept in group %(number)s until %(until)s")
        % {"number": one.number, "until": until},
        "when": one.made_at,
        "who": f"{one.person}, {one.person.agency}",
        "detail": one.reason,
        "tone": "info",
    }


def _withdrawn(one: Disposal) -> dict[str, Any]:
    return {
        "what": _("Proposal to dispose of it withdrawn"),
        "when": one.withdrawn_at,
        "who": str(one.withdrawn_by),
        "detail": one.withdrawal_reason,
        "tone": "neutral",
    }


def _hold(actor: Actor, hold: Hold, given: dict[str, django_forms.Form]) -> dict[str, Any]:
    act = f"release-{hold.reference}"
    return {
        "hold": hold,
        "act": {
            "name": act,
            "label": _("Release"),
            "url": reverse("governance:release", args=[hold.reference]),
            "form": given.get(act) or forms.Reason(prefix=act),
            "decision": allowed(services.check_can_release, actor, hold),
        },
    }


def _acts(
    actor: Actor, shown: queries.Kept, on: date, given: dict[str, django_forms.Form]
) -> list[dict[str, Any]]:
    """What can be done with it now, each with its form or the reason why not."""
    record, proposal = shown.record, shown.proposal
    found: list[dict[str, Any]] = []

    def offer(
        name: str, title: str, label: str, check: Callable[..., None], about: Any, tone: str = ""
    ) -> None:
        found.append(
            {
                "name": name, "title": title, "label": label, "tone": tone,
                "url": reverse(f"governance:{name}", args=[record.reference]),
                "form": given.get(name) or form_of(name, on=on),
                "decision": allowed(check, actor, about),
            }
        )  # fmt: skip

    if proposal is not None:
        offer("confirm", _("Dispose of it for good"), _("Confirm disposal"),
              services.check_can_confirm, proposal, "danger")  # fmt: skip
        offer("withdraw", _("Keep it after all"), _("Withdraw the proposal"),
              services.check_can_withdraw, proposal, "secondary")  # fmt: skip
        return found
    offer("retain", _("Keep it"), _("Keep"), services.check_can_retain, record)
    offer("propose", _("Propose to dispose of it"), _("Propose disposal"),
          services.check_can_propose, record, "secondary")  # fmt: skip
    offer("hold", _("Hold it"), _("Place hold"), services.check_can_hold, record, "secondary")
    return found
