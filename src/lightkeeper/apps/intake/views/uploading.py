"""Sending in, in four steps: the file, its columns, the first rows, the confirmation."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.intake import forms, permissions, previewing, queries, services, waiting
from lightkeeper.apps.intake.arriving import RefuseMedia
from lightkeeper.core import days
from lightkeeper.core.days import day_of
from lightkeeper.core.rules import allowed
from lightkeeper.engine.errors import EngineError, FileRefused

STEPS = (_("File"), _("Columns"), _("First rows"), _("Report"))


def steps(current: int, *, with_columns: bool = True) -> list[dict[str, Any]]:
    labels = [label for number, label in enumerate(STEPS) if with_columns or number != 1]
    now = current if with_columns or current == 0 else current - 1
    states = ["done" if n < now else "current" if n == now else "todo" for n in range(len(labels))]
    return [{"label": str(a), "state": b} for a, b in zip(labels, states, strict=True)]


@csrf_exempt  # so that the handler below is in place before the form is read; protected below
def upload(request: HttpRequest) -> HttpResponse:
    request.upload_handlers = [RefuseMedia(request)]
    return _upload(request)


@csrf_protect
def _upload(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    permissions.check_may_upload(actor)
    now = timezone.now()
    sent = request.method == "POST"
    form = forms.Upload(
        request.POST if sent else None, request.FILES if sent else None, actor=actor, on=day_of(now)
    )
    if sent and form.is_valid():
        file = form.cleaned_data["file"]
        found = waiting.take_in(
            by=actor, file=file, file_name=file.name, answers=form.answers(), at=now
        )
        if not isinstance(found, FileRefused):
            next_step = "intake:columns" if found.needs_mapping else "intake:preview"
            return redirect(next_step, found.token)
        form.add_error("file", str(found))
    page = {"form": form, "steps": steps(0)}
    return render(request, "intake/upload.html", page, status=422 if sent else 200)


def columns(request: HttpRequest, token: str) -> HttpResponse:
    """What each column means: a mapping that is there, one by hand, or the proposed one."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    held = waiting.get_waiting(actor, token)
    queries.note_preview(actor, held.digest)
    if not held.needs_mapping:
        return redirect("intake:preview", token)
    how = request.POST.get("how", "") if request.method == "POST" else ""
    page = _columns_page(actor, held, request, how)
    form = page["in_hand"]
    if how and form.is_valid():
        try:
            waiting.with_mapping(held, _mapping_text(actor, held, form, page["proposal"]))
        except (EngineError, services.Refused) as error:
            form.add_error(None, str(error))
        else:
            return redirect("intake:preview", token)
    return render(request, "intake/columns.html", page, status=422 if how else 200)


def _columns_page(
    actor: Actor, held: waiting.Waiting, request: HttpRequest, how: str
) -> dict[str, Any]:
    kind = request.POST.get("kind") or request.GET.get("kind") or ""
    known = previewing.kinds()
    proposal = previewing.proposal_for(held, kind if kind in dict(known) else "")
    mapping = proposal.mapping
    fitting = queries.mappings_that_fit(actor, held.table().header)
    text = held.mapping or previewing.as_yaml(mapping)
    data = {name: request.POST if how == name else None for name in ("existing", "text", "columns")}
    existing = forms.ChooseMapping(data["existing"], prefix="use", choices=fitting)
    written = forms.WriteMapping(data["text"], prefix="yaml", initial={"text": text})
    by_column = forms.MapColumns(
        data["columns"],
        columns=[(g.column, f"{g.reason} ({g.confidence:.0%})") for g in proposal.guesses],
        kinds=known,
        targets=previewing.targets_for(mapping["kind"]),
        initial={
            "name": mapping["name"],
            "kind": mapping["kind"],
            "date_order": mapping["date_order"],
            **{f"column_{n}": g.target or "" for n, g in enumerate(proposal.guesses)},
        },
    )
    in_hand = {"existing": existing, "text": written, "columns": by_column}.get(how)
    return {
        "waiting": held, "proposal": proposal, "existing": existing if fitting else None,
        "written": written, "by_column": by_column, "in_hand": in_hand, "how": how,
        "steps": steps(1),
    }  # fmt: skip


def _mapping_text(
    actor: Actor, held: waiting.Waiting, form: Any, proposal: previewing.Proposal
) -> str:
    """The mapping that was chosen, whole and fitting the file's columns."""
    given = form.cleaned_data
    if isinstance(form, forms.ChooseMapping):
        text = queries.find_mapping(actor, given["mapping"]).text
    elif isinstance(form, forms.WriteMapping):
        text = given["text"]
    else:
        text = previewing.mapping_from_columns(
            name=given["name"], kind=given["kind"], date_order=given["date_order"],
            targets=form.targets(), proposal=proposal,
        )  # fmt: skip
    services.check_columns(held.table().header, text, _("The mapping"))
    return text


def preview(request: HttpRequest, token: str) -> HttpResponse:
    """The first rows as they would be taken in. Nothing is kept before the confirmation."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    held = waiting.get_waiting(actor, token)
    queries.note_preview(actor, held.digest)
    if held.needs_mapping and not held.mapping:
        return redirect("intake:columns", token)
    page = {
        "waiting": held,
        "preview": previewing.preview(held, days.today()),
        "earlier": queries.same_report(actor, held.digest),
        "may": allowed(permissions.check_may_upload, actor),
        "steps": steps(2, with_columns=held.needs_mapping),
    }
    return render(request, "intake/preview.html", page)


def confirm(request: HttpRequest, token: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    held = waiting.get_waiting(actor, token)
    receipt = waiting.confirm(by=actor, waiting=held, at=timezone.now())
    if receipt.report is None:
        messages.error(request, str(receipt.refusal))
        return redirect("intake:upload")
    if receipt.came is services.Came.REPEATED:
        messages.warning(
            request,
            _("This file was received before, as %(report)s. Nothing new was made.")
            % {"report": receipt.report},
        )
    else:
        messages.success(request, _("%(report)s is received.") % {"report": receipt.report})
    return redirect(receipt.report)
