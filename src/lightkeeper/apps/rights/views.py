"""Requests of people about their data: the list, a case, what was found, what is given."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.rights import forms, letters, queries, services, showing
from lightkeeper.apps.rights.choices import (
    AnswerKind,
    Choice,
    CorrectionKind,
    RequestKind,
    RestrictionGround,
)
from lightkeeper.core.rules import allowed

WHAT = ("letter", "page", "text", "json")


def cases(request: HttpRequest) -> HttpResponse:
    return _list(request)


def _list(request: Any, form: django_forms.Form | None = None) -> HttpResponse:
    actor: Actor = request.actor
    ended = request.GET.get("ended") == "yes"
    page = queries.cases(
        actor, on=timezone.localdate(), ended=ended, after=request.GET.get("after", "")
    )
    shown = {
        "page": page,
        "rows": showing.case_rows(page),
        "tabs": showing.tabs("ended" if ended else "open"),
        "form": form or forms.Receive(initial={"received_on": timezone.localdate()}),
        "may_receive": allowed(services.check_can_receive, actor),
        "refused": form is not None,
    }
    return render(request, "rights/cases.html", shown, status=422 if form else 200)


def receive(request: Any) -> HttpResponse:
    form = forms.Receive(request.POST)
    if not form.is_valid():
        return _list(request, form)
    given = dict(form.cleaned_data)
    kind = RequestKind(given.pop("kind"))
    case = services.receive_request(by=request.actor, kind=kind, at=timezone.now(), **given)
    messages.success(request, _("%(case)s is open.") % {"case": case})
    return redirect(case)


def case(request: HttpRequest, reference: str) -> HttpResponse:
    return _show(request, reference)


def _show(request: Any, reference: str, **given: django_forms.Form) -> HttpResponse:
    actor: Actor = request.actor
    found = queries.get_case(actor, reference)
    page = showing.case_page(actor, found, on=timezone.localdate(), given=given)
    return render(request, "rights/case.html", page, status=422 if given else 200)


def _act(request: Any, reference: str, act: str, service: Any, said: str) -> HttpResponse:
    """One move of a case: its form, the service of its name, back to the case."""
    found = queries.find_case(request.actor, reference)
    form = showing.form_of(act, found, request.actor, on=timezone.localdate(), data=request.POST)
    if not form.is_valid():
        return _show(request, reference, **{act: form})
    service(by=request.actor, case=found, at=timezone.now(), **form.cleaned_data)
    messages.success(request, said % {"case": found})
    return redirect(found)


def identify(request: HttpRequest, reference: str) -> HttpResponse:
    said = _("The clock of %(case)s runs.")
    return _act(request, reference, "identify", services.confirm_identity, said)


def ask_back(request: HttpRequest, reference: str) -> HttpResponse:
    said = _("The clock of %(case)s waits.")
    return _act(request, reference, "ask_back", services.ask_back, said)


def had_back(request: HttpRequest, reference: str) -> HttpResponse:
    said = _("The clock of %(case)s runs.")
    return _act(request, reference, "had_back", services.had_back, said)


def extend(request: HttpRequest, reference: str) -> HttpResponse:
    return _act(request, reference, "extend", services.extend, _("%(case)s has more time."))


def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    return _act(request, reference, "withdraw", services.withdraw, _("%(case)s is withdrawn."))


def send_back(request: HttpRequest, reference: str) -> HttpResponse:
    said = _("%(case)s is taken up again.")
    return _act(request, reference, "send_back", services.send_back, said)


def sign(request: HttpRequest, reference: str) -> HttpResponse:
    return _act(request, reference, "sign", services.sign_off, _("%(case)s is answered."))


def find(request: Any, reference: str) -> HttpResponse:
    found = queries.find_case(request.actor, reference)
    services.find_all(by=request.actor, case=found, at=timezone.now())
    messages.success(request, _("All stores were searched for %(case)s.") % {"case": found})
    return redirect("rights:found", reference)


def ask(request: Any, reference: str) -> HttpResponse:
    found = queries.find_case(request.actor, reference)
    on = timezone.localdate()
    form = showing.form_of("ask", found, request.actor, on=on, data=request.POST)
    if not form.is_valid():
        return _show(request, reference, ask=form)
    chosen = form.cleaned_data["agencies"]
    agencies = [
        one for one in queries.agencies_to_ask(request.actor, found, on) if one.code in chosen
    ]
    services.ask_for_part(
        by=request.actor, case=found, agencies=agencies, reason=form.cleaned_data["reason"],
        at=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("They are asked, and told nothing of what is held."))
    return redirect(found)


def submit(request: Any, reference: str) -> HttpResponse:
    found = queries.find_case(request.actor, reference)
    form = forms.Submit(request.POST, prefix="submit", kind=found.kind)
    if not form.is_valid():
        return _show(request, reference, submit=form)
    given = form.cleaned_data
    answer = AnswerKind(given["answer"]) if given.get("answer") else None
    services.submit(
        by=request.actor, case=found, reason=given["reason"], answer=answer, at=timezone.now()
    )
    messages.success(request, _("A second person signs %(case)s off.") % {"case": found})
    return redirect(found)


def found(request: Any, reference: str) -> HttpResponse:
    case = queries.find_case(request.actor, reference)
    rows = queries.seen_found(request.actor, case)
    shown = {"case": case, "rows": rows, "crumbs": showing.crumbs(case, _("What was found"))}
    return render(request, "rights/found.html", shown)


def item(request: HttpRequest, reference: str) -> HttpResponse:
    return _item(request, reference)


def _item(request: Any, reference: str, form: forms.Decide | None = None) -> HttpResponse:
    shown = queries.get_item(request.actor, reference)
    case = shown.item.case
    page = {
        "shown": shown,
        "case": case,
        "form": form or showing.item_form(shown),
        "may_decide": allowed(services.check_can_decide, request.actor, shown.item),
        "crumbs": showing.crumbs(case, shown.item.reference),
    }
    return render(request, "rights/item.html", page, status=422 if form else 200)


def decide(request: Any, reference: str) -> HttpResponse:
    shown = queries.get_item(request.actor, reference)
    form = showing.item_form(shown, request.POST)
    if not form.is_valid():
        return _item(request, reference, form)
    given = form.cleaned_data
    services.decide(
        by=request.actor, item=shown.item, choice=Choice(given["choice"]),
        left_out=form.left_out, ground=given["ground"], reason=given["reason"], at=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("%(item)s is decided.") % {"item": shown.item})
    return redirect("rights:found", shown.item.case.reference)


def reasons(request: Any, reference: str) -> HttpResponse:
    case = queries.find_case(request.actor, reference)
    shown = queries.reasons(request.actor, case)
    page = {"shown": shown, "case": case, "crumbs": showing.crumbs(case, _("Reasons"))}
    return render(request, "rights/reasons.html", page)


def disclosure(request: Any, reference: str) -> HttpResponse:
    case = queries.find_case(request.actor, reference)
    shown = queries.seen_disclosure(request.actor, case)
    page = {"disclosure": shown, "case": case, "crumbs": showing.crumbs(case, _("Disclosure"))}
    return render(request, "rights/disclosure.html", page)


def letter(request: Any, reference: str) -> HttpResponse:
    case = queries.get_case(request.actor, reference)
    text = letters.letter_of(case).decode() if case.answer else ""
    page = {"text": text, "case": case, "crumbs": showing.crumbs(case, _("Letter"))}
    return render(request, "rights/letter.html", page)


def give(request: Any, reference: str) -> HttpResponse:
    case = queries.find_case(request.actor, reference)
    asked = request.POST.get("what", "letter")
    what = asked if asked in WHAT else "letter"
    return as_file(services.give(by=request.actor, case=case, what=what, at=timezone.now()))


def as_file(given: Any) -> HttpResponse:
    response = HttpResponse(given.data, content_type=given.content_type)
    response["Content-Disposition"] = f'attachment; filename="{given.file_name}"'
    response["Content-Length"] = str(len(given.data))
    return response


def parts(request: HttpRequest) -> HttpResponse:
    return _parts(request)


def _parts(request: Any, given: dict[str, django_forms.Form] | None = None) -> HttpResponse:
    actor: Actor = request.actor
    page = queries.parts(actor, after=request.GET.get("after", ""))
    rows = [
        {
            "part": one,
            "form": (given or {}).get(one.reference) or forms.AnswerPart(prefix=one.reference),
            "decision": allowed(services.check_can_answer_part, actor, one),
        }
        for one in page.rows
    ]
    shown = {"page": page, "rows": rows, "tabs": showing.tabs("parts")}
    return render(request, "rights/parts.html", shown, status=422 if given else 200)


def answer_part(request: Any, reference: str) -> HttpResponse:
    part = queries.find_part(request.actor, reference)
    form = forms.AnswerPart(request.POST, prefix=part.reference)
    if not form.is_valid():
        return _parts(request, {part.reference: form})
    services.answer_part(by=request.actor, part=part, at=timezone.now(), **form.cleaned_data)
    messages.success(request, _("%(part)s is answered.") % {"part": part})
    return redirect("rights:parts")


def record(request: HttpRequest, reference: str) -> HttpResponse:
    return _record(request, reference)


def _record(request: Any, reference: str, **given: django_forms.Form) -> HttpResponse:
    shown = queries.get_on_record(request.actor, reference)
    page = showing.record_page(request.actor, shown, given)
    return render(request, "rights/record.html", page, status=422 if given else 200)


def restrict(request: Any, reference: str) -> HttpResponse:
    found = queries.find_record(request.actor, reference)
    form = showing.record_form("restrict", found, request.POST)
    if not form.is_valid():
        return _record(request, reference, restrict=form)
    services.restrict(
        by=request.actor, record=found, ground=RestrictionGround(form.cleaned_data["ground"]),
        reason=form.cleaned_data["reason"], at=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("%(record)s is hidden from use.") % {"record": found})
    return redirect("rights:record", reference)


def lift(request: Any, reference: str) -> HttpResponse:
    found = queries.find_record(request.actor, reference)
    stands = queries.standing_restriction(request.actor, found)
    form = showing.record_form("lift", found, request.POST)
    if not form.is_valid():
        return _record(request, reference, lift=form)
    services.lift(by=request.actor, restriction=stands, at=timezone.now(), **form.cleaned_data)
    messages.success(request, _("%(record)s may be used again.") % {"record": found})
    return redirect("rights:record", reference)


def correct(request: Any, reference: str) -> HttpResponse:
    found = queries.find_record(request.actor, reference)
    form: Any = showing.record_form("correct", found, request.POST)
    if not form.is_valid():
        return _record(request, reference, correct=form)
    given = form.cleaned_data
    of_property, was = form.corrected
    services.correct(
        by=request.actor, record=found, kind=CorrectionKind(given["kind"]),
        becomes=given["becomes"], reason=given["reason"], of_property=of_property, was=was,
        at=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("It stands beside what %(record)s says.") % {"record": found})
    return redirect("rights:record", reference)
