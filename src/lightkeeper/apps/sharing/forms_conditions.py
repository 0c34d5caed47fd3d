"""What somebody fills in to set a condition, and to consent to passing on."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lightkeeper.apps.accounts.services import Agency
from lightkeeper.core.forms import DayParts

DAY_AFTER = _("The first day on which it counts no more.")


class Because(forms.Form):
    reason = forms.CharField(
        label=_("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


class SetCondition(forms.Form):
    condition = forms.ChoiceField(
        label=_("Which condition?"), widget=forms.RadioSelect,
        choices=[("ORCON", _("ORCON: passed on only with our consent")),
                 ("NO-EXPORT", _("NO-EXPORT: never passed on"))],
    )  # fmt: skip
    put = forms.ChoiceField(
        label=_("What is to happen?"), widget=forms.RadioSelect,
        choices=[("PUT", _("It is put on")), ("LIFT", _("It is lifted"))],
    )  # fmt: skip
    since = forms.DateField(label=_("From"), widget=DayParts)
    until = forms.DateField(
        label=_("Until"), widget=DayParts, required=False,
        help_text=_("The first day on which it counts no more. Lifting needs an end."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class GiveConsent(forms.Form):
    agency = forms.ChoiceField(label=_("Who may pass it on?"))
    since = forms.DateField(label=_("From"), widget=DayParts)
    until = forms.DateField(label=_("Until"), widget=DayParts, help_text=DAY_AFTER)
    reason = forms.CharField(
        label=_("Why, and for what"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, agencies: Iterable[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = [(one.code, str(one)) for one in agencies]  # type: ignore[attr-defined]
