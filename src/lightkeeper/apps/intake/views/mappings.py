"""Mappings: which there are, what one says, a new version of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.intake import forms, queries, services
from lightkeeper.core.rules import allowed
from lightkeeper.engine.errors import MappingError


def mappings(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return render(request, "intake/mappings.html", {"mappings": queries.mappings(actor)})


def mapping(request: HttpRequest, reference: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.get_mapping(actor, reference)
    sent = request.method == "POST"
    form = forms.WriteMapping(request.POST if sent else None, initial={"text": found.text})
    if sent and form.is_valid():
        try:
            newer = services.make_version(
                by=actor, of=found, text=form.cleaned_data["text"], at=timezone.now()
            )
        except MappingError as error:
            form.add_error("text", str(error))
        else:
            messages.success(request, _("%(mapping)s is kept.") % {"mapping": newer})
            return redirect("intake:mapping", newer.reference)
    page = {
        "mapping": found,
        "versions": queries.versions_of(actor, found),
        "form": form,
        "may": allowed(services.check_can_version, actor, found),
    }
    return render(request, "intake/mapping.html", page, status=422 if sent else 200)
