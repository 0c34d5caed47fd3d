"""How every form looks, and the inputs that Django does not have."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.datastructures import MultiValueDict


class LightkeeperRenderer(TemplatesSetting):
    """Forms from our own templates: a summary of errors first, each error with its field."""

    form_template_name = "lightkeeper/forms/form.html"
    field_template_name = "lightkeeper/forms/field.html"


class DayParts(forms.Widget):
    """Day, month and year as three labelled boxes; a `DateField` reads what they hold."""

    template_name = "lightkeeper/forms/day_parts.html"
    use_fieldset = True
    PARTS = ("day", "month", "year")

    def id_for_label(self, id_: str | None) -> str:
        return f"{id_}_day" if id_ else ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["parts"] = dict(zip(self.PARTS, _parts(value), strict=True))
        return context

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> str | None:
        day, month, year = (str(data.get(f"{name}_{part}", "")).strip() for part in self.PARTS)
        if not (day or month or year):
            return data.get(name)
        return f"{year:0>4}-{month:0>2}-{day:0>2}"

    def value_omitted_from_data(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> bool:
        return not any(f"{name}_{part}" in data for part in self.PARTS) and name not in data


def _parts(value: Any) -> tuple[str, str, str]:
    """What was typed comes back as it was, right or wrong."""
    if isinstance(value, dt.date):
        return str(value.day), str(value.month), str(value.year)
    year, month, day = [*str(value or "").split("-", 2), "", "", ""][:3]
    return day.lstrip("0"), month.lstrip("0"), year.lstrip("0")
