"""Forms of review, hold and disposal."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lightkeeper.apps.governance.choices import Ground, HoldKind, Question
from lightkeeper.core.forms import DayParts

LONGEST = 4000


def words(label: Any, hint: Any = "", rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": rows}), help_text=hint
    )


def questions() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Which of these are answered with yes?"),
        choices=Question,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "The questions of the national retention assessment. Each yes speaks for keeping."
        ),
    )


class Retain(forms.Form):
    number = forms.TypedChoiceField(label=_("Review group"), coerce=int)
    number_reason = words(_("Why this group"), rows=2)
    answers = questions()
    reason = words(_("Why it is still needed"))
    next_review = forms.DateField(label=_("Next review"), widget=DayParts)

    def __init__(self, *args: Any, groups: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].choices = groups  # type: ignore[attr-defined]


class Hold(forms.Form):
    kind = forms.ChoiceField(label=_("What for"), choices=HoldKind)
    whole_report = forms.BooleanField(label=_("All that its report brought"), required=False)
    reason = words(_("Why, and until what"), _("The claim, the inquiry or the case."))


class Propose(forms.Form):
    ground = forms.ChoiceField(label=_("Ground"), choices=Ground)
    answers = questions()
    reason = words(_("Why"), _("It is removed together with the record."))


class Reason(forms.Form):
    reason = words(_("Why"))
