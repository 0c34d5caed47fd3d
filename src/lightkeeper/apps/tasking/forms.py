"""Forms of tasking."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lightkeeper.apps.tasking.choices import Level, OutcomeKind, TaskStatus, Theme
from lightkeeper.core.forms import DayParts

LONGEST = 4000


def reason(label: str, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}), help_text=hint
    )


class Propose(forms.Form):
    agency = forms.ModelChoiceField(label=_("Agency to lead"), queryset=None)
    threat = forms.ChoiceField(label=_("Threat"), required=False)
    theme = forms.ChoiceField(label=_("Theme"), choices=Theme)
    level = forms.TypedChoiceField(label=_("Level"), choices=Level, coerce=int)
    objective = reason(_("What is to be achieved"))
    reason = reason(_("Why"), _("The agency sees this only if the task is sent."))

    def __init__(
        self, *args: Any, agencies: Any, threats: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]
        self.fields["threat"].choices = [("", _("None in particular")), *threats]  # type: ignore[attr-defined]


class Send(forms.Form):
    due_at = forms.DateField(label=_("Due by the end of"), widget=DayParts)
    reason = reason(_("Why it is sent"))


class Answer(forms.Form):
    reason = reason(_("Why"))


class Close(forms.Form):
    kind = forms.ChoiceField(label=_("What came of it"), choices=OutcomeKind)
    happened_on = forms.DateField(label=_("On which day"), widget=DayParts)
    evidence = reason(_("How it is known"), _("The reference of a record, a plan, a report."))
    reason = reason(_("Closing words"), _("For the agency that sent the task."))


class Filter(forms.Form):
    status = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Any")), *TaskStatus.choices]
    )
    overdue = forms.BooleanField(label=_("Overdue only"), required=False)
