"""Breaches: reporting one, the register, a case, who is affected, what leaves."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from lightkeeper.apps.accounts.services import Actor, Power
from lightkeeper.apps.breaches import acts, forms, queries, services, showing
from lightkeeper.core.rules import allowed

ACTS = tuple(acts.ACTS)
WHAT = ("page", "text", "letter")


def report(request: HttpRequest) -> HttpResponse:
    return _report(request)


def _report(request: Any, form: django_forms.Form | None = None) -> HttpResponse:
    begun = forms.Report(initial={"noticed_on": timezone.localdate()})
    page = {"form": form or begun, "somebody_handles": queries.somebody_handles()}
    return render(request, "breaches/report.html", page, status=422 if form else 200)


def send_report(request: Any) -> HttpResponse:
    form = forms.Report(request.POST)
    if not form.is_valid():
        return _report(request, form)
    given, noticed_at, now = form.cleaned_data, form.moment("noticed"), timezone.now()
    reference = services.report_breach(
        by=request.actor, kinds=given["kinds"], what=given["what"],
        noticed_at=noticed_at or now, processor=given["processor"], at=now,
    )  # fmt: skip
    if queries.somebody_handles():
        said = _("Reported as %(reference)s. Those who handle breaches at your agency have it now.")
        messages.success(request, said % {"reference": reference})
    else:
        said = _(
            "Reported as %(reference)s, but nobody at your agency handles breaches here. Tell your "
            "data protection officer yourself, now: the time of the law runs."
        )
        messages.warning(request, said % {"reference": reference})
    handles = Power.HANDLE_RIGHTS in request.actor.powers
    return redirect("breaches:register" if handles else "breaches:report")


def register(request: Any) -> HttpResponse:
    which = request.GET.get("which", "open")
    kind = request.GET.get("kind", "")
    page = queries.register(
        request.actor, at=timezone.now(), which=which, kind=kind,
        after=request.GET.get("after", ""),
    )  # fmt: skip
    shown = {
        "page": page, "rows": showing.rows(page), "tabs": showing.tabs(which),
        "kinds": showing.kinds(which, kind),
    }  # fmt: skip
    return render(request, "breaches/register.html", shown)


def breach(request: HttpRequest, reference: str) -> HttpResponse:
    return _show(request, reference)


def _show(request: Any, reference: str, **given: django_forms.Form) -> HttpResponse:
    actor: Actor = request.actor
    found = queries.get_breach(actor, reference)
    page = showing.breach_page(actor, found, at=timezone.now(), given=given)
    return render(request, "breaches/breach.html", page, status=422 if given else 200)


def act(request: Any, reference: str, act: str) -> HttpResponse:
    """One form of a case: read, the service of its name, back to the case."""
    found = queries.find_breach(request.actor, reference)
    form = forms.FORMS[act](request.POST, prefix=act)
    if not form.is_valid():
        return _show(request, reference, **{act: form})
    acts.ACTS[act](request.actor, found, form, timezone.now())
    messages.success(request, acts.said_after(act, found))
    if act == "confirm_disposal":
        return redirect("breaches:register")
    return redirect("breaches:affected" if act == "work_out" else "breaches:breach", reference)


def affected(request: HttpRequest, reference: str) -> HttpResponse:
    return _affected(request, queries.find_breach(request.actor, reference), {})  # type: ignore[attr-defined]


def _affected(
    request: Any, found: services.Breach, given: dict[str, django_forms.Form]
) -> HttpResponse:
    """`given` holds a form that was sent and could not be read, by the share it is for."""
    actor: Actor = request.actor
    shown = queries.shown_listing(actor, found)
    page = {
        "breach": found,
        "page": queries.affected(actor, found, after=request.GET.get("after", "")),
        "shown": shown,
        "shares": showing.shares_of(actor, shown.shares, given) if shown else [],
        "scope": showing.scope_facts(shown.listing) if shown else [],
        "crumbs": showing.crumbs(found, _("Who is affected")),
    }
    return render(request, "breaches/affected.html", page, status=422 if given else 200)


def paper(request: Any, reference: str) -> HttpResponse:
    shown = queries.seen_paper(request.actor, reference)
    page = showing.paper_page(shown)
    return render(request, "breaches/paper.html", page)


def give(request: Any, reference: str) -> HttpResponse:
    found = queries.find_breach(request.actor, reference)
    asked = request.POST.get("what", "page")
    what = asked if asked in WHAT else "page"
    return as_file(services.give(by=request.actor, breach=found, what=what, at=timezone.now()))


def as_file(given: services.Given) -> HttpResponse:
    response = HttpResponse(given.data, content_type=given.content_type)
    response["Content-Disposition"] = f'attachment; filename="{given.file_name}"'
    response["Content-Length"] = str(len(given.data))
    return response


def shares(request: Any) -> HttpResponse:
    rows = queries.shares(request.actor, after=request.GET.get("after", ""))
    return render(request, "breaches/shares.html", {"rows": rows, "tabs": showing.tabs("shares")})


def share(request: HttpRequest, reference: str) -> HttpResponse:
    return _share(request, reference)


def _share(request: Any, reference: str, form: django_forms.Form | None = None) -> HttpResponse:
    actor: Actor = request.actor
    found = queries.find_share(actor, reference)
    page = {
        "share": found,
        "page": queries.share_affected(actor, found, after=request.GET.get("after", "")),
        "form": form or forms.Answer(),
        "may_answer": allowed(services.check_can_answer_share, actor, found),
        "crumbs": showing.share_crumbs(found),
    }
    return render(request, "breaches/share.html", page, status=422 if form else 200)


def tell_owner(request: Any, reference: str) -> HttpResponse:
    found = queries.find_share(request.actor, reference)
    form = forms.Tell(request.POST, prefix=found.reference)
    if not form.is_valid():
        case = queries.find_breach(request.actor, found.breach_reference)
        return _affected(request, case, {found.reference: form})
    services.tell_owner(
        by=request.actor, share=found, said=form.cleaned_data["said"], at=timezone.now()
    )
    messages.success(request, _("%(agency)s is told.") % {"agency": found.whose})
    return redirect("breaches:affected", found.breach_reference)


def answer_share(request: Any, reference: str) -> HttpResponse:
    found = queries.find_share(request.actor, reference)
    form = forms.Answer(request.POST)
    if not form.is_valid():
        return _share(request, reference, form)
    answer = form.cleaned_data["answer"]
    services.answer_share(by=request.actor, share=found, answer=answer, at=timezone.now())
    messages.success(request, _("%(share)s is taken up.") % {"share": found})
    return redirect("breaches:shares")
