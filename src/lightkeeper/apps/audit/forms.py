"""What may be looked for in the log, and what is decided about an unusual look."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lightkeeper.apps.audit.choices import LABELS, FlagVerdict, LookRuleCode
from lightkeeper.apps.audit.queries import Narrow, Question


class EventFilter(forms.Form):
    person = forms.CharField(label=_("Person"), required=False, max_length=60)
    verb = forms.ChoiceField(
        label=_("Act"),
        required=False,
        choices=[("", _("All")), *((v.value, w) for v, w in LABELS.items())],
    )
    reference = forms.CharField(label=_("Reference"), required=False, max_length=60)
    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def question(self) -> Question:
        return Question(**self.cleaned_data)


class FlagFilter(forms.Form):
    rule = forms.ChoiceField(
        label=_("What is unusual"), required=False, choices=[("", _("All")), *LookRuleCode.choices]
    )
    decided = forms.BooleanField(label=_("Decided ones"), required=False)

    def narrow(self) -> Narrow:
        return Narrow(**self.cleaned_data)


class Decide(forms.Form):
    verdict = forms.ChoiceField(
        label=_("What was it?"), choices=FlagVerdict.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_(
            "Whom you asked, and what they said. Write what another auditor would need to agree "
            "or disagree with you. It is kept with the decision."
        ),
        min_length=3,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
