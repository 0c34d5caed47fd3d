"""Pages of what the models of linkage learnt, and of who is linked worse."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from lightkeeper.apps.intelligence import queries, showing_learnt


def models(request: Any) -> HttpResponse:
    found = queries.trained_models(request.actor)
    shown = {"rows": [showing_learnt.model_row(one) for one in found]}
    return render(request, "intelligence/models.html", shown)


def model(request: Any, version: str) -> HttpResponse:
    found = queries.learnt(request.actor, version)
    return render(request, "intelligence/model.html", showing_learnt.model_page(found))


def accuracy(request: Any) -> HttpResponse:
    found = queries.accuracy_cards(request.actor)
    shown = {"cards": [showing_learnt.card(one) for one in found]}
    return render(request, "intelligence/accuracy.html", shown)
