"""Which period, and what of it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lightkeeper.apps.tasking.choices import Theme

FIRST_YEAR = 2006


class Period(forms.Form):
    year = forms.TypedChoiceField(label=_("Year"), coerce=int, required=False)
    quarter = forms.TypedChoiceField(
        label=_("Quarter"),
        coerce=int,
        required=False,
        choices=[
            ("", _("The whole year")),
            (1, _("January to March")),
            (2, _("April to June")),
            (3, _("July to September")),
            (4, _("October to December")),
        ],
    )

    result = forms.ChoiceField(label=_("Result"), required=False)
    agency = forms.ChoiceField(label=_("Agency that led"), required=False)
    theme = forms.ChoiceField(
        label=_("Theme"), required=False, choices=[("", _("Any")), *Theme.choices]
    )

    def __init__(
        self,
        *args: Any,
        today: date,
        headings: Iterable[str] = (),
        agencies: Iterable[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        for name, choices in (("result", [(h, h) for h in headings]), ("agency", [*agencies])):
            self.fields[name].choices = [("", _("Any")), *choices]  # type: ignore[attr-defined]
        self.fields["year"].initial = today.year
        years = range(today.year, FIRST_YEAR - 1, -1)
        self.fields["year"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]

    def period(self) -> tuple[date, date]:
        """The first day, and the first day after; this year if nothing was chosen."""
        given = self.cleaned_data if self.is_valid() else {}
        year = given.get("year") or self.today.year
        quarter = given.get("quarter")
        if not quarter:
            return date(year, 1, 1), date(year + 1, 1, 1)
        first = date(year, 3 * quarter - 2, 1)
        return first, date(year + quarter // 4, 3 * quarter % 12 + 1, 1)

    def narrowed(self) -> dict[str, str]:
        """What the results are narrowed by."""
        given = self.cleaned_data if self.is_valid() else {}
        return {name: given.get(name, "") for name in ("result", "agency", "theme")}
