"""Forms of requests, decisions, restrictions and corrections."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lightkeeper.apps.accounts.services import Agency
from lightkeeper.apps.rights.choices import (
    AnswerKind,
    Choice,
    CorrectionKind,
    Ground,
    RequestKind,
    RestrictionGround,
)
from lightkeeper.apps.rights.statements import Statement
from lightkeeper.core.forms import DayParts

LONGEST = 4000
NO_GROUND = ("", _("Disclosed"))


def words(label: Any, hint: Any = "", rows: int = 3, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": rows}),
        help_text=hint, required=required,
    )  # fmt: skip


class Lines(forms.CharField):
    """Several short texts, one on a line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}), **kwargs
        )

    def to_python(self, value: Any) -> Any:
        lines = [line.strip() for line in (super().to_python(value) or "").splitlines()]
        if any(len(line) > 200 for line in lines):
            raise forms.ValidationError(_("A line may be 200 characters long."))
        return [line for line in lines if line]


class Receive(forms.Form):
    kind = forms.ChoiceField(label=_("What is asked for"), choices=RequestKind)
    name = forms.CharField(label=_("Name of whoever asks"), max_length=200)
    other_names = Lines(label=_("Other names"), help_text=_("One on a line."))
    born_on = forms.DateField(label=_("Date of birth"), widget=DayParts, required=False)
    identifiers = Lines(
        label=_("Numbers and addresses"),
        help_text=_("Phones, e-mail, addresses, numbers of documents. One on a line."),
    )
    received_on = forms.DateField(label=_("Day on which it came"), widget=DayParts)
    details = words(_("What they wrote"), required=False)


class OnADay(forms.Form):
    on = forms.DateField(label=_("Day"), widget=DayParts)
    reason = words(_("How, or why"), rows=2)


class Extend(forms.Form):
    months = forms.TypedChoiceField(
        label=_("How much more"), coerce=int, choices=[(1, _("One month")), (2, _("Two months"))]
    )
    reason = words(_("Why more time is needed"), rows=2)


class Reason(forms.Form):
    reason = words(_("Why"), rows=2)


class Submit(forms.Form):
    answer = forms.ChoiceField(label=_("The answer"), choices=())
    reason = words(_("What the second person should know"), rows=2)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind == RequestKind.ACCESS:
            del self.fields["answer"]
        else:
            both = (AnswerKind.DONE, AnswerKind.NEITHER)
            self.fields["answer"].choices = [(one.value, one.label) for one in both]  # type: ignore[attr-defined]


class AskParts(forms.Form):
    agencies = forms.MultipleChoiceField(
        label=_("Agencies to ask"), choices=(), widget=forms.CheckboxSelectMultiple
    )
    reason = words(_("Why these"), rows=2)

    def __init__(self, *args: Any, agencies: Iterable[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agencies"].choices = [(one.code, one.name) for one in agencies]  # type: ignore[attr-defined]


class AnswerPart(forms.Form):
    answer = words(
        _("Your agency's answer"), _("You may answer whoever asks yourselves, and say so here.")
    )


class Decide(forms.Form):
    """The choice, a ground for each part that is left out, and why."""

    choice = forms.ChoiceField(label=_("What becomes of it"), choices=Choice)
    ground = forms.ChoiceField(
        label=_("If it is withheld, on which ground"), required=False,
        choices=[("", _("It is not withheld")), *Ground.choices],
    )  # fmt: skip
    reason = words(_("Why"), _("For the second person, and for the Commissioner."))

    def __init__(
        self, *args: Any, statements: Iterable[Statement], flags: dict[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.parts = {f"part-{number}": one.key for number, one in enumerate(statements)}
        for number, one in enumerate(statements):
            self.fields[f"part-{number}"] = forms.ChoiceField(
                label=f"{one.label}: {one.text}"[:300], required=False,
                choices=[NO_GROUND, *Ground.choices], help_text=flags.get(one.key, ""),
            )  # fmt: skip
        self.order_fields(["choice", *self.parts, "ground", "reason"])

    @property
    def left_out(self) -> dict[str, str]:
        given = self.cleaned_data
        return {key: given[field] for field, key in self.parts.items() if given.get(field)}


class Restrict(forms.Form):
    ground = forms.ChoiceField(label=_("Ground"), choices=RestrictionGround)
    reason = words(_("Why"))


class Correct(forms.Form):
    kind = forms.ChoiceField(label=_("What this is"), choices=CorrectionKind)
    said = forms.ChoiceField(label=_("What the record says"), required=False, choices=())
    becomes = words(_("What is right, or what they say"))
    reason = words(_("Why, and how it is known"))

    def __init__(self, *args: Any, properties: dict[str, list[str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pairs = [(name, value) for name, values in properties.items() for value in values]
        self.fields["said"].choices = [  # type: ignore[attr-defined]
            ("", _("The whole of it")),
            *((str(n), f"{name}: {value}"[:200]) for n, (name, value) in enumerate(self.pairs)),
        ]

    @property
    def corrected(self) -> tuple[str, str]:
        chosen = self.cleaned_data["said"]
        return self.pairs[int(chosen)] if chosen else ("", "")
