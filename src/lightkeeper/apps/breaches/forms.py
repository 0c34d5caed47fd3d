"""Forms of breaches."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lightkeeper.apps.breaches.choices import (
    OF,
    About,
    BreachKind,
    Done,
    Likelihood,
    NotToldBecause,
    Risk,
    Severity,
)
from lightkeeper.apps.breaches.services import Scope
from lightkeeper.core.forms import DayParts

LONGEST = 6000


def words(label: Any, hint: Any = "", rows: int = 3, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": rows}),
        help_text=hint, required=required,
    )  # fmt: skip


def a_day(label: Any, required: bool = True) -> forms.DateField:
    return forms.DateField(label=label, widget=DayParts, required=required)


def a_time(label: Any, required: bool = True) -> forms.TimeField:
    return forms.TimeField(
        label=label, required=required, help_text=_("Such as 09:30, by the clock here."),
        widget=forms.TimeInput(format="%H:%M", attrs={"size": 5, "autocomplete": "off"}),
    )  # fmt: skip


class WithMoment(forms.Form):
    """A day and a time, read together as one moment by the clock of the place."""

    def moment(self, name: str) -> datetime | None:
        day, hour = self.cleaned_data.get(f"{name}_on"), self.cleaned_data.get(f"{name}_time")
        if day is None:
            return None
        return timezone.make_aware(datetime.combine(day, hour or datetime.min.time()))


class Report(WithMoment):
    what = words(
        _("What happened"),
        _("As far as you know it. Leave out names of people the data is about."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("What kind of breach it may be"), choices=BreachKind,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    noticed_on = a_day(_("Day on which it was noticed"))
    noticed_time = a_time(_("Time at which it was noticed"))
    processor = forms.CharField(
        label=_("If somebody who processes data for your agency told you: who"), max_length=200,
        required=False,
    )  # fmt: skip


class Aware(WithMoment):
    aware_on = a_day(_("Day on which the agency became aware"))
    aware_time = a_time(_("Time at which it became aware"))
    reason = words(_("Why then"), rows=2)


class Describe(forms.Form):
    nature = words(_("What happened"), _("The facts: who did what to which data, and how."))
    numbers = words(
        _("Whom it is about, and how many"),
        _("What the log does not say: paper, lost devices, people counted otherwise."),
        rows=2, required=False,
    )  # fmt: skip
    consequences = words(_("Likely consequences"))
    measures = words(_("What was done, and what is going to be"))
    contact = words(_("Who can say more: name, telephone, e-mail"), rows=2)


def _chosen(choices: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Nothing is chosen for whoever decides."""
    return [("", _("Choose")), *choices]


def _choices_of(about: About) -> list[tuple[str, Any]]:
    return _chosen((one.value, one.label) for one in OF[about])


class Assess(forms.Form):
    likelihood = forms.ChoiceField(
        label=_("How likely harm is"), choices=_chosen(Likelihood.choices)
    )
    likelihood_reason = words(_("Why"), rows=2)
    severity = forms.ChoiceField(
        label=_("How severe it would be"), choices=_chosen(Severity.choices)
    )
    severity_reason = words(_("Why"), rows=2)
    risk = forms.ChoiceField(
        label=_("What that comes to"), choices=Risk,
        help_text=_("You conclude; nothing is worked out from the two above."),
    )  # fmt: skip
    reason = words(_("Why"), rows=2)


class RuleCommissioner(forms.Form):
    choice = forms.ChoiceField(label=_("The decision"), choices=_choices_of(About.COMMISSIONER))
    reason = words(_("Why"), rows=2)


class RuleSubjects(forms.Form):
    choice = forms.ChoiceField(label=_("The decision"), choices=_choices_of(About.SUBJECTS))
    ground = forms.ChoiceField(
        label=_("If they are not told, or not each: on which ground"), required=False,
        choices=[("", _("Each is told")), *NotToldBecause.choices],
    )  # fmt: skip
    reason = words(_("Why"), rows=2)


class Sent(WithMoment):
    sent_on = a_day(_("Day on which it was sent"))
    sent_time = a_time(_("Time at which it was sent"))
    how = forms.CharField(label=_("How, and the reference that was given"), max_length=300)
    late_reason = words(
        _("If it is late: the reasons for the delay"),
        _("Asked for after the time of the law, and part of the notification."),
        rows=2, required=False,
    )  # fmt: skip
    more_to_come = forms.BooleanField(label=_("More follows in another part"), required=False)


class SubjectsTold(WithMoment):
    sent_on = a_day(_("Day on which they were told"))
    sent_time = a_time(_("Time"), required=False)
    how = words(_("How many, and how"), rows=2)


class WorkOut(WithMoment):
    accounts = forms.CharField(
        label=_("Whose account"), required=False, max_length=1000,
        help_text=_("Names to sign in with, of people of your agency. Several with commas."),
    )  # fmt: skip
    sessions = forms.CharField(
        label=_("Or which sessions"), required=False, max_length=1000,
        help_text=_("As the audit log names them. Several with commas."),
    )  # fmt: skip
    delivered = forms.CharField(
        label=_("Or what was delivered"), required=False, max_length=60,
        help_text=_("A report that was exported, a task that was sent, an answer that was given."),
    )  # fmt: skip
    acts = forms.MultipleChoiceField(
        label=_("Which acts count"), choices=Done, widget=forms.CheckboxSelectMultiple,
        initial=[Done.CONSULT.value, Done.DISCLOSE.value],
    )  # fmt: skip
    since_on = a_day(_("From the day"), required=False)
    since_time = a_time(_("From the time"), required=False)
    until_on = a_day(_("Until the day"), required=False)
    until_time = a_time(_("Until the time, which is not counted any more"), required=False)
    reason = words(_("Why this scope"), rows=2)

    @property
    def scope(self) -> Scope:
        given = self.cleaned_data
        return Scope(
            accounts=_several(given["accounts"]), sessions=_several(given["sessions"]),
            since=self.moment("since"), until=self.moment("until"),
            acts=tuple(given["acts"]), delivered=given["delivered"].strip(),
        )  # fmt: skip


def _several(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.strip() for one in text.split(",") if one.strip()))


class Reason(forms.Form):
    reason = words(_("Why"), rows=2)


class Tell(forms.Form):
    said = words(_("What they should know"), rows=2)


class Answer(forms.Form):
    answer = words(_("What your agency does about it"))


FORMS: dict[str, type[forms.Form]] = {
    "take_up": Aware, "aware": Aware, "describe": Describe, "assess": Assess,
    "commissioner": RuleCommissioner, "subjects": RuleSubjects, "notified": Sent,
    "told": SubjectsTold, "work_out": WorkOut, "dismiss": Reason, "close": Reason,
    "reopen": Reason, "propose_disposal": Reason, "withdraw_disposal": Reason,
    "confirm_disposal": Reason,
}  # fmt: skip
