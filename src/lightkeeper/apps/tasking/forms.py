"""Forms of tasking."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lightkeeper.apps.tasking.choices import Level, TaskStatus, Theme
from lightkeeper.core.forms import DayParts

LONGEST = 4000
MOST_OUTCOMES = 10


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
    reason = reason(_("Closing words"), _("For the agency that sent the task."))


class Came(forms.Form):
    """One outcome. `record`: the reference of whoever it is for, if not whom the task is about."""

    kind = forms.ChoiceField(label=_("What came of it"))
    happened_on = forms.DateField(label=_("On which day"), widget=DayParts)
    evidence = reason(_("How it is known"), _("The reference of a record, a plan, a report."))
    record = forms.CharField(
        label=_("For whom, if not for whom the task is about"),
        required=False,
        max_length=20,
        help_text=_("The reference of their record, such as REC-7K2QM9XD4-V."),
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("Choose")), *kinds]  # type: ignore[attr-defined]


def outcome_forms(data: Any = None, *, kinds: list[tuple[str, str]]) -> Any:
    """One outcome that must be given, and room for two more."""
    make = forms.formset_factory(Came, extra=2, min_num=1, max_num=MOST_OUTCOMES, validate_min=True)
    return make(data, prefix="outcome", form_kwargs={"kinds": kinds})


class Filter(forms.Form):
    status = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Any")), *TaskStatus.choices]
    )
    agency = forms.ChoiceField(label=_("Agency"), required=False)
    theme = forms.ChoiceField(
        label=_("Theme"), required=False, choices=[("", _("Any")), *Theme.choices]
    )
    overdue = forms.BooleanField(label=_("Overdue only"), required=False)

    def __init__(self, *args: Any, agencies: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = [("", _("Any")), *agencies]  # type: ignore[attr-defined]
