"""What may be looked for in the log."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lightkeeper.apps.audit.choices import Verb
from lightkeeper.apps.audit.queries import Question

VERBS = (
    (Verb.CONSULT, _("Looked at")),
    (Verb.COLLECT, _("Taken in")),
    (Verb.ALTER, _("Changed")),
    (Verb.COMBINE, _("Combined")),
    (Verb.DISCLOSE, _("Disclosed")),
    (Verb.ERASE, _("Erased")),
    (Verb.DENY, _("Refused")),
    (Verb.ADMIN, _("Administered")),
)


class EventFilter(forms.Form):
    person = forms.CharField(label=_("Person"), required=False, max_length=60)
    verb = forms.ChoiceField(
        label=_("Act"), required=False, choices=[("", _("All")), *((v.value, w) for v, w in VERBS)]
    )
    reference = forms.CharField(label=_("Reference"), required=False, max_length=60)
    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def question(self) -> Question:
        return Question(**self.cleaned_data)
