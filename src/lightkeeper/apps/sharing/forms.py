"""What somebody fills in to ask, to open, to review and to exclude."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lightkeeper.apps.accounts.services import Person
from lightkeeper.apps.sharing.choices import Danger, Finding

ABOUT_HELP = _(
    "Full name with a whole birth date, or a phone, an e-mail address, a document number, a handle."
)


class Ask(forms.Form):
    about = forms.CharField(label=_("Who is it about?"), max_length=200, help_text=ABOUT_HELP)
    case = forms.CharField(label=_("Case number"), max_length=60)
    reason = forms.CharField(
        label=_("Why do you ask?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class BreakGlass(forms.Form):
    about = forms.CharField(label=_("Which child?"), max_length=200, help_text=ABOUT_HELP)
    danger = forms.ChoiceField(
        label=_("What is the danger?"), choices=Danger, widget=forms.RadioSelect
    )
    justification = forms.CharField(
        label=_("What you know, and why it cannot wait for the owner"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class Review(forms.Form):
    finding = forms.ChoiceField(
        label=_("What do you find?"), choices=Finding, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Why"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )


class Exclude(forms.Form):
    record = forms.CharField(label=_("Record"), max_length=20)
    person = forms.ModelChoiceField(
        label=_("Who is to be kept from it?"), queryset=Person.objects.none(),
        to_field_name="username",
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A relative, the subject, a conflict of interest. They do not see this."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Person.objects.filter(is_active=True).select_related("agency")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
