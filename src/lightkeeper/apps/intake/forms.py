"""Forms of sending in, of mapping and of quarantine."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.intake import queries
from lightkeeper.apps.intake.choices import (
    Basis,
    Category,
    Encoding,
    QuarantineStatus,
    ReportStatus,
)
from lightkeeper.apps.intake.gradings import check_with, schemes_on
from lightkeeper.core.errors import Refused
from lightkeeper.engine.records import Grading, Scheme

PARTS = (
    ("source_evaluation", "source"),
    ("information_assessment", "information"),
    ("handling_code", "handling"),
)
CONDITIONS = (
    ("POINTER", _("Others who ask about somebody in it may be told to ring us")),
    ("SILENT-POINTER", _("We are told who asks; they are told nothing")),
    ("ORCON", _("It is passed on only with our consent")),
    ("NO-EXPORT", _("It is never passed on")),
    ("LEAD-ONLY", _("A lead only: no use as evidence, nor openly")),
    ("NO-FOREIGN", _("Not outside the country")),
)
# How a code is named in a form where both schemes stand side by side.
BETWEEN = "/"


class Upload(forms.Form):
    """The first page of sending in: the file, how far to trust it, who may have it."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,  # the reader has a better sentence for it
        help_text=_("CSV, XLSX, Parquet or FollowTheMoney JSON lines. Never pictures or video."),
    )
    source = forms.CharField(
        label=_("Where it comes from"),
        max_length=120,
        required=False,
        help_text=_("A system, a partner or a reference, not the name of a person."),
    )
    encoding = forms.ChoiceField(label=_("Encoding of the text"), choices=Encoding)
    source_evaluation = forms.ChoiceField(label=_("Source evaluation"))
    information_assessment = forms.ChoiceField(label=_("Information assessment"))
    handling_code = forms.ChoiceField(label=_("Handling code"))
    handling_conditions = forms.MultipleChoiceField(
        label=_("Handling conditions"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("With code C. What is in brackets is put on the label by itself."),
    )
    level = forms.TypedChoiceField(label=_("Level"), coerce=int)
    released_to = forms.ModelMultipleChoiceField(
        label=_("Released to"),
        queryset=None,
        required=False,
        to_field_name="code",
        help_text=_("Other agencies that may read it. Your own always may."),
    )
    compartment = forms.TypedChoiceField(
        label=_("Compartment"), required=False, coerce=int, empty_value=None
    )

    conditions = forms.MultipleChoiceField(
        label=_("What others may do with it"),
        choices=CONDITIONS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, actor: Actor, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schemes = schemes_on(on)
        for name, part in PARTS:
            self.fields[name].choices = _codes(self.schemes, part)  # type: ignore[attr-defined]
        conditions = {
            code: _and_what_follows(f"{code} – {label}", scheme.enforces.get(code, ()))
            for scheme in self.schemes.values()
            for code, label in scheme.conditions.items()
        }
        self.fields["handling_conditions"].choices = list(conditions.items())  # type: ignore[attr-defined]
        levels = [(level.value, level.words) for level in queries.levels_of(actor)]
        self.fields["level"].choices = levels  # type: ignore[attr-defined]
        self.fields["level"].initial = levels[-1][0]
        self.fields["released_to"].queryset = queries.agencies_for_release(actor, on)  # type: ignore[attr-defined]
        mine = [(c.id, f"{c.code} – {c.name}") for c in queries.compartments_of(actor)]
        self.fields["compartment"].choices = [("", _("None")), *mine]  # type: ignore[attr-defined]
        if not mine:
            del self.fields["compartment"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        picked = [cleaned.get(name, "").partition(BETWEEN) for name, _part in PARTS]
        named = {scheme for scheme, _, code in picked if code}
        if len(named) > 1:
            self.add_error(
                "source_evaluation", _("Choose all codes from one scheme, 3x5x2 or 5x5x5.")
            )
        elif all(code for _, _, code in picked):
            codes = [code for _, _, code in picked]
            conditions = tuple(cleaned.get("handling_conditions") or ())
            self._check(Grading(named.pop(), *codes, conditions))
        return cleaned

    def _check(self, grading: Grading) -> None:
        try:
            self.grading = check_with(self.schemes, grading)
        except Refused as refusal:
            self.add_error("handling_conditions", str(refusal))

    def answers(self) -> dict[str, Any]:
        """What was answered, as plain data that can wait for the confirmation."""
        given, grading = self.cleaned_data, self.grading
        return {
            "grading": [grading.scheme, grading.source, grading.information, grading.handling,
                        list(grading.conditions)],
            "level": given["level"],
            "released_to": [agency.code for agency in given["released_to"]],
            "compartment": given.get("compartment"),
            "conditions": given["conditions"],
            "source": given["source"],
            "encoding": given["encoding"],
        }  # fmt: skip


def _and_what_follows(words: str, enforced: Iterable[str]) -> str:
    return f"{words} ({', '.join(enforced)})" if enforced else words


def _codes(schemes: dict[str, Scheme], part: str) -> list[Any]:
    groups = [
        (
            name,
            [
                (
                    f"{name}{BETWEEN}{code}",
                    _and_what_follows(f"{code} – {label}", scheme.enforces.get(code, ())),
                )
                for code, label in codes.items()
            ],
        )
        for name, scheme in schemes.items()
        if (codes := scheme.codes[part])
    ]
    return [("", _("Choose…")), *groups]


class ChooseMapping(forms.Form):
    """A mapping that is there already."""

    mapping = forms.ChoiceField(label=_("Mapping"))

    def __init__(self, *args: Any, choices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mapping"].choices = list(choices)  # type: ignore[attr-defined]


class WriteMapping(forms.Form):
    """A mapping as text."""

    text = forms.CharField(
        label=_("Mapping as YAML"),
        max_length=100_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false", "class": "code"}),
    )


class MapColumns(forms.Form):
    """What each column holds: one choice a column."""

    name = forms.CharField(label=_("Name of the mapping"), max_length=80)
    kind = forms.ChoiceField(label=_("What a row is"))
    date_order = forms.ChoiceField(
        label=_("Dates are written"),
        choices=[
            ("dmy", _("day, month, year (31/12/2020)")),
            ("mdy", _("month, day, year (12/31/2020)")),
            ("ymd", _("year, month, day (2020-12-31)")),
        ],
    )

    def __init__(
        self,
        *args: Any,
        columns: Iterable[tuple[str, str]],
        kinds: list[tuple[str, str]],
        targets: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        """`columns` are headings with the hint to show. Fields have numbers for names."""
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.columns = {}
        for number, (heading, hint) in enumerate(columns):
            self.columns[f"column_{number}"] = heading
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=heading, choices=targets, required=False, help_text=hint
            )

    def targets(self) -> dict[str, str]:
        return {heading: self.cleaned_data[name] for name, heading in self.columns.items()}


class Correct(forms.Form):
    """The cells of a quarantined row, one field each."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def __init__(
        self, *args: Any, cells: dict[str, str], faults: dict[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.columns = {}
        for number, (heading, text) in enumerate(cells.items()):
            name = f"cell_{number}"
            self.columns[name] = heading
            long = not heading or len(text) > 120 or "\n" in text
            self.fields[name] = forms.CharField(
                label=heading or _("The line"),
                required=False,
                strip=False,
                max_length=100_000,
                initial=text,
                help_text=faults.get(heading, ""),
                widget=forms.Textarea(attrs={"rows": 4}) if long else forms.TextInput(),
            )
            self.fields[name].widget.attrs.update(spellcheck="false", autocomplete="off")

    def cells(self) -> dict[str, str]:
        return {heading: self.cleaned_data[name] for name, heading in self.columns.items()}


class Discard(forms.Form):
    reason = forms.CharField(
        label=_("Why is this row set aside?"),
        min_length=4,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class Determine(forms.Form):
    categories = forms.MultipleChoiceField(
        label=_("Whom it is about"),
        help_text=_("Tick all that the person is. The most protected decides what is done."),
        choices=Category,
        initial=[Category.UNDETERMINED],
        widget=forms.CheckboxSelectMultiple,
    )
    basis = forms.ChoiceField(label=_("What it is"), choices=Basis, initial=Basis.REPORTED)
    reason = forms.CharField(
        label=_("Why"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReportFilter(forms.Form):
    status = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *ReportStatus.choices]
    )


class QuarantineFilter(forms.Form):
    status = forms.ChoiceField(label=_("State"), required=False, choices=QuarantineStatus)
    report = forms.CharField(label=_("Report"), required=False, max_length=20)
