"""What somebody fills in to open a compartment, to propose, decide, end and renew."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lightkeeper.apps.accounts.choices import Lasting
from lightkeeper.apps.accounts.models import Person
from lightkeeper.core.forms import DayParts


def _why(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class OpenCompartment(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("Only those with a part in it see its name.")
    )
    purpose = _why(_("What is it for?"))
    review_on = forms.DateField(
        label=_("To be looked at again on"), widget=DayParts, help_text=_("Within a year.")
    )


class ProposeMember(forms.Form):
    person = forms.ModelChoiceField(
        label=_("Who is to be a member?"), queryset=Person.objects.none(),
        to_field_name="username",
    )  # fmt: skip
    reason = _why(_("Why do they need to know?"))
    since = forms.DateField(label=_("From"), widget=DayParts, required=False,
                            help_text=_("Leave empty for as soon as it is approved."))  # fmt: skip
    until = forms.DateField(
        label=_("Until"), widget=DayParts,
        help_text=_("Within a year. From this day on they see nothing of it."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Person.objects.filter(is_active=True).select_related("agency")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.fields["person"].label_from_instance = lambda one: f"{one}, {one.agency}"  # type: ignore[attr-defined]


class DecideMember(forms.Form):
    decision = forms.ChoiceField(
        label=_("Decision"), widget=forms.RadioSelect,
        choices=[("APPROVE", _("Approve")), ("REFUSE", _("Refuse"))],
    )  # fmt: skip
    reason = _why(_("Why"))


class Review(forms.Form):
    until = forms.DateField(
        label=_("To be looked at again on"), widget=DayParts,
        help_text=_("Within a year. From that day on it stands still until somebody has looked."),
    )  # fmt: skip
    reason = _why(_("What was looked at, and why is it still needed?"))


class ProposeMove(forms.Form):
    on_day = forms.DateField(label=_("From"), widget=DayParts)
    reason = _why(_("Why"))


class Because(forms.Form):
    reason = _why(_("Why"))


class Renew(forms.Form):
    person = forms.ModelChoiceField(
        label=_("Whose?"), queryset=Person.objects.none(), to_field_name="username"
    )
    what = forms.ChoiceField(label=_("What?"), choices=Lasting, widget=forms.RadioSelect)
    until = forms.DateField(
        label=_("Until"), widget=DayParts,
        help_text=_("Training within a year, a clearance within five."),
    )  # fmt: skip
    reason = _why(_("Why: what was seen or passed?"))

    def __init__(self, *args: Any, agency: int, but: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Person.objects.filter(is_active=True, agency=agency).exclude(pk=but)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
