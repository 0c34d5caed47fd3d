"""Forms of the picture."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lightkeeper.apps.intelligence.choices import Verdict
from lightkeeper.engine.records.query import MAX_QUERY

Choices = list[tuple[str, str]]
KINDS = (
    ("", _("Anything")),
    ("Person", _("People")),
    ("Organization", _("Organisations")),
    ("Vehicle", _("Vehicles")),
    ("Address", _("Addresses")),
    ("UserAccount", _("Accounts")),
)


class WithKeys(forms.RadioSelect):
    """Radio buttons that the access keys 1, 2, 3 choose."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        option["attrs"]["accesskey"] = str(int(option["index"]) + 1)
        return option


class Search(forms.Form):
    q = forms.CharField(
        label=_("Name, birth date, phone, identifier or postcode"),
        max_length=MAX_QUERY,
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "type": "search"}
        ),
        error_messages={
            "max_length": _("A search may be 200 characters long. Leave out what matters least.")
        },
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, required=False)


class Judge(forms.Form):
    verdict = forms.ChoiceField(
        label=_("Are these the same person?"),
        choices=Verdict,
        widget=WithKeys,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        min_length=3,
        widget=forms.Textarea(attrs={"rows": 3, "accesskey": "4"}),
        help_text=_(
            "Write what a colleague would need to agree or disagree with you. It is kept with the "
            "decision."
        ),
    )


class Undo(forms.Form):
    reason = forms.CharField(
        label=_("Why should it no longer count?"),
        max_length=2000,
        min_length=3,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class Order(forms.Form):
    """In which order pairs wait: the likeliest first, or what teaches most."""

    TEACHING = "teaching"
    order = forms.ChoiceField(choices=[(TEACHING, TEACHING)], required=False)


class Target(forms.Form):
    target_percent = forms.DecimalField(
        label=_("Of the links that join, so many of a hundred are to be right"),
        min_value=50,
        max_value=99.9,
        decimal_places=1,
        initial=95,
    )


class Propose(forms.Form):
    reading = forms.CharField(max_length=20, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why should records be joined from there on?"),
        max_length=2000,
        min_length=3,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class Confirm(forms.Form):
    proposal = forms.CharField(max_length=20, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why do you agree?"),
        max_length=2000,
        min_length=3,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class Narrow(forms.Form):
    """Filters of the ranked list, of what the viewer may see."""

    agency = forms.ChoiceField(label=_("Agency"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    threat = forms.ChoiceField(label=_("Threat"), required=False)

    def __init__(
        self, *args: Any, choices: dict[str, list[tuple[str, str]]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.choices = [("", _("Any")), *choices.get(name, [])]  # type: ignore[attr-defined]
