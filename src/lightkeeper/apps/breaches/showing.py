"""What the pages of breaches show, ready to be laid out."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django import forms as django_forms
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.breaches import forms, papers, queries, services
from lightkeeper.apps.breaches.choices import BreachKind, BreachStatus, Choice, Done
from lightkeeper.apps.breaches.clock import Clock
from lightkeeper.apps.breaches.reckoning import clock_of
from lightkeeper.core.rules import allowed

SOON = timedelta(hours=24)
Given = dict[str, django_forms.Form]
Breach = services.Breach


def tabs(here: str) -> list[dict[str, Any]]:
    base = reverse("breaches:register")
    named = (
        ("open", _("Being handled"), base),
        ("ended", _("Ended"), f"{base}?which=ended"),
        ("all", _("The whole register"), f"{base}?which=all"),
        ("shares", _("Told of other agencies"), reverse("breaches:shares")),
    )
    return [{"label": label, "url": url, "current": name == here} for name, label, url in named]


def kinds(which: str, here: str) -> list[dict[str, Any]]:
    """What the register can be narrowed by."""
    base = f"{reverse('breaches:register')}?which={which if which in ('ended', 'all') else 'open'}"
    named = [("", _("Every kind"), base)]
    named += [
        (kind.value, str(kind.label).partition(":")[0], f"{base}&kind={kind.value}")
        for kind in BreachKind
    ]
    return [{"label": label, "url": url, "current": name == here} for name, label, url in named]


def long(span: timedelta) -> str:
    """A span in words: days and hours, or hours and minutes."""
    minutes = int(span.total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    said = []
    if days:
        said.append(ngettext("%(n)d day", "%(n)d days", days) % {"n": days})
    if hours:
        said.append(ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours})
    if not days and (minutes or not hours):
        said.append(ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes})
    return " ".join(said)


def left(breach: Breach, clock: Clock) -> dict[str, str]:
    """How much time is left to notify, in words, with a tone."""
    if clock.late is not None:
        if clock.late:
            return {"words": _("Notified %(span)s late") % {"span": long(clock.late)},
                    "tone": "danger"}  # fmt: skip
        return {"words": _("Notified in time"), "tone": "good"}
    if clock.left is None:
        words = _("Not notified") if breach.commissioner == Choice.NOT_NOTIFY else ""
        return {"words": words, "tone": "neutral"}
    if clock.overdue:
        return {"words": _("Overdue by %(span)s") % {"span": long(-clock.left)}, "tone": "danger"}
    tone = "warn" if clock.left <= SOON else "info"
    return {"words": _("%(span)s left to notify") % {"span": long(clock.left)}, "tone": tone}


def rows(page: queries.Page) -> list[dict[str, Any]]:
    return [
        {"breach": row.breach, "clock": row.clock, "left": left(row.breach, row.clock)}
        for row in page.rows
    ]


def crumbs(breach: Breach, *more: str) -> list[dict[str, str]]:
    base = [{"label": _("Breaches"), "url": reverse("breaches:register")}]
    if not more:
        return [*base, {"label": breach.reference}]
    here = {"label": breach.reference, "url": breach.get_absolute_url()}
    return [*base, here, *({"label": one} for one in more)]


def share_crumbs(share: services.Share) -> list[dict[str, str]]:
    return [
        {"label": _("Breaches"), "url": reverse("breaches:register")},
        {"label": _("Told of other agencies"), "url": reverse("breaches:shares")},
        {"label": share.reference},
    ]


def moment(at: datetime | None) -> str:
    return date_format(timezone.localtime(at), "j F Y, H:i") if at else ""


def breach_page(actor: Actor, breach: Breach, *, at: datetime, given: Given) -> dict[str, Any]:
    """`given` holds a form that was sent and could not be read, by the name of its act."""
    clock = clock_of(breach, at=at)
    return {
        "breach": breach,
        "left": left(breach, clock),
        "facts": _facts(breach, clock),
        "decided": _decided(actor, breach),
        "history": [_step(one) for one in queries.steps(actor, breach)],
        "description": queries.latest_description(actor, breach),
        "notifications": queries.notifications(actor, breach),
        "acts": _acts(actor, breach, at, given),
        "crumbs": crumbs(breach),
    }


def _facts(breach: Breach, clock: Clock) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [
        {"label": _("What was reported"), "value": breach.what},
        {"label": _("Kind"), "value": breach.kind_words},
        {"label": _("Noticed"), "value": moment(breach.noticed_at)},
        {"label": _("Reported"), "value": moment(breach.reported_at),
         "note": f"{breach.reported_by}, {breach.reported_by.agency}"},
        {"label": _("Told by the processor"), "value": breach.processor},
        {"label": _("Clock runs from"), "value": moment(clock.runs_from),
         "note": "" if breach.aware_at else _("When it was reported; nobody has said otherwise")},
        {"label": _("To be notified by"), "value": moment(clock.due)},
        {"label": _("The Commissioner notified"), "value": moment(breach.notified_at),
         "note": _("More follows") if breach.more_to_come else ""},
        {"label": _("Those whose data it is told"), "value": moment(breach.told_at)},
    ]  # fmt: skip
    return [one for one in facts if one["value"]]


def _decided(actor: Actor, breach: Breach) -> list[dict[str, Any]]:
    """What holds of the risk and of the two questions, with who said so and why."""
    found = []
    for one in queries.assessments(actor, breach)[:1]:
        said = (
            f"{one.get_likelihood_display()}: {one.likelihood_reason} "
            f"{one.get_severity_display()}: {one.severity_reason}"
        )
        found.append({"what": one.get_risk_display(), "why": one.reason, "more": said, "by": one})
    standing = {"COMMISSIONER": breach.commissioner, "SUBJECTS": breach.subjects}
    for ruling in queries.rulings(actor, breach):
        if standing.get(ruling.about) == ruling.choice:
            standing.pop(ruling.about)
            ground = ruling.get_ground_display() if ruling.ground else ""
            found.append(
                {"what": ruling.get_choice_display(), "why": ruling.reason, "more": ground,
                 "by": ruling}
            )  # fmt: skip
    return found


def _step(one: Any) -> dict[str, Any]:
    return {
        "what": one.what, "when": one.at, "who": f"{one.person}, {one.person.agency}",
        "detail": one.reason, "tone": "info",
    }  # fmt: skip


def form_of(act: str, breach: Breach, actor: Actor, *, at: datetime) -> django_forms.Form:
    """The form of an act, begun with what stands already."""
    begun: dict[str, Any] = {}
    if act in ("take_up", "aware"):
        start = timezone.localtime(breach.aware_at or breach.reported_at)
        begun = {"aware_on": start.date(), "aware_time": start.time()}
    elif act in ("notified", "told"):
        begun = {"sent_on": timezone.localtime(at).date()}
    elif act == "describe" and (said := queries.latest_description(actor, breach)) is not None:
        names = ("nature", "numbers", "consequences", "measures", "contact")
        begun = {name: getattr(said, name) for name in names}
    elif act == "work_out" and (found := queries.listings(actor, breach)):
        begun = _scope_begun(found[0])
    return forms.FORMS[act](prefix=act, initial=begun or None)


def _scope_begun(last: services.Listing) -> dict[str, Any]:
    begun: dict[str, Any] = {
        "accounts": ", ".join(last.accounts), "sessions": ", ".join(last.sessions),
        "delivered": last.delivered, "acts": last.acts,
    }  # fmt: skip
    for name, at in (("since", last.since), ("until", last.until)):
        if at is not None:
            begun |= {f"{name}_on": timezone.localtime(at).date(),
                      f"{name}_time": timezone.localtime(at).time()}  # fmt: skip
    return begun


def _acts(actor: Actor, breach: Breach, at: datetime, given: Given) -> list[dict[str, Any]]:
    """What can be done with it now, each with its form or the reason why not; the next is open."""
    found: list[dict[str, Any]] = []
    next_ = _next(actor, breach)

    def offer(
        name: str, title: str, label: str, check: Callable[..., None], tone: str = "secondary"
    ) -> None:
        found.append(
            {
                "name": name, "title": title, "label": label, "tone": tone,
                "url": reverse(f"breaches:{name}", args=[breach.reference]),
                "form": given.get(name) or form_of(name, breach, actor, at=at),
                "decision": allowed(check, actor, breach), "open": name in (given or {next_}),
            }
        )  # fmt: skip

    handle = services.check_can_handle
    if breach.status == BreachStatus.REPORTED:
        offer("take_up", _("Take it up"), _("Take up"), services.check_can_take_up, "")
    if breach.status == BreachStatus.OPEN:
        offer("work_out", _("Work out who is affected"), _("Ask the log"), handle, "")
        offer("describe", _("State the facts, effects and measures"), _("State"), handle)
        offer("assess", _("Assess the risk"), _("Assess"), handle)
        offer("commissioner", _("Decide about the Commissioner"), _("Decide"), handle)
        offer("subjects", _("Decide about those whose data it is"), _("Decide"), handle)
        if breach.commissioner == Choice.NOTIFY:
            offer("notified", _("The notification was sent"), _("Put on record"),
                  services.check_can_notify)  # fmt: skip
        if breach.subjects in (Choice.TELL, Choice.PUBLIC):
            offer("told", _("They were told"), _("Put on record"), services.check_can_say_told)
        if breach.notified_at is None:
            offer("aware", _("Put right since when the agency is aware"), _("Put right"),
                  services.check_can_set_aware)  # fmt: skip
        offer("close", _("Close it"), _("Close"), services.check_can_close)
    if breach.status in (BreachStatus.REPORTED, BreachStatus.OPEN):
        offer("dismiss", _("It is no breach"), _("Find it none"), services.check_can_dismiss)
    if breach.status in (BreachStatus.CLOSED, BreachStatus.NO_BREACH):
        offer("reopen", _("Take it up again"), _("Take up again"), services.check_can_reopen)
        if services.disposal_of(actor, breach) is None:
            offer("propose_disposal", _("Propose that it go"), _("Propose"),
                  services.check_can_propose_disposal)  # fmt: skip
        else:
            offer("confirm_disposal", _("Dispose of it, as another proposed"), _("Dispose of it"),
                  services.check_can_confirm_disposal, "danger")  # fmt: skip
            offer("withdraw_disposal", _("Withdraw the proposal that it go"), _("Withdraw"),
                  services.check_can_withdraw_disposal)  # fmt: skip
    return found


def _next(actor: Actor, breach: Breach) -> str:
    """What is still missing, in the order in which it is needed."""
    notify, tell = breach.commissioner == Choice.NOTIFY, breach.subjects in TOLD
    missing = {
        "take_up": breach.status == BreachStatus.REPORTED,
        "reopen": breach.status in (BreachStatus.CLOSED, BreachStatus.NO_BREACH),
        "work_out": not queries.listings(actor, breach),
        "describe": queries.latest_description(actor, breach) is None,
        "assess": not breach.risk,
        "commissioner": not breach.commissioner,
        "notified": notify and (breach.notified_at is None or breach.more_to_come),
        "subjects": not breach.subjects,
        "told": tell and breach.told_at is None,
    }
    return next((name for name, is_missing in missing.items() if is_missing), "close")


TOLD = (Choice.TELL, Choice.PUBLIC)
OTHERS = {
    "QUA": gettext_lazy("rows in quarantine"),
    "REP": gettext_lazy("reports"),
    "RRQ": gettext_lazy("rights requests"),
    "RPT": gettext_lazy("parts of answers"),
    "GONE": gettext_lazy("records that are no longer held"),
    "BEHIND": gettext_lazy("tasks and the like about records that your agency was not shown"),
}


def scope_facts(listing: services.Listing) -> list[dict[str, Any]]:
    """The scope of a list, as it was given, and what came of it."""
    acts = ", ".join(str(Done(one).label) for one in listing.acts)
    others = "; ".join(
        f"{number} {OTHERS.get(kind, kind)}" for kind, number in sorted(listing.others.items())
    )
    facts: list[dict[str, Any]] = [
        {"label": _("Accounts"), "value": ", ".join(listing.accounts)},
        {"label": _("Sessions"), "value": ", ".join(listing.sessions)},
        {"label": _("Delivered"), "value": listing.delivered},
        {"label": _("Acts"), "value": acts},
        {"label": _("From"), "value": moment(listing.since)},
        {"label": _("Until"), "value": moment(listing.until)},
        {"label": _("Events in the log"), "value": str(listing.events)},
        {"label": _("They also name"), "value": others},
        {"label": _("Worked out"), "value": moment(listing.at),
         "note": f"{listing.person}. {listing.reason}"},
    ]  # fmt: skip
    return [one for one in facts if one["value"]]


def shares_of(actor: Actor, found: list[services.Share], given: Given) -> list[dict[str, Any]]:
    return [
        {
            "share": one,
            "own": one.whose_id == actor.agency_id,
            "form": given.get(one.reference) or forms.Tell(prefix=one.reference),
            "decision": allowed(services.check_can_tell, actor, one),
        }
        for one in found
    ]


def paper_page(paper: papers.Paper) -> dict[str, Any]:
    return {
        "paper": paper,
        "breach": paper.breach,
        "sections": papers.sections_of(paper),
        "title": papers.title_of(paper),
        "letter": papers.letter_text(paper),
        "crumbs": crumbs(paper.breach, _("Notification")),
    }
