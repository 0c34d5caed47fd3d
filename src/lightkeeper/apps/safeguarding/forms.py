"""The form of a decision."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lightkeeper.apps.safeguarding.choices import ConsiderationDecision


class Decide(forms.Form):
    decision = forms.ChoiceField(
        label=_("What is decided"), choices=ConsiderationDecision, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What is known of the child's needs and wishes, and whom you spoke to."),
    )
