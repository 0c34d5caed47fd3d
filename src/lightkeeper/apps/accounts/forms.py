"""Forms of signing in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lightkeeper.apps.accounts.choices import Purpose


class SignIn(forms.Form):
    username = forms.CharField(
        label=_("Name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    purpose = forms.ChoiceField(
        label=_("What is this for?"),
        choices=Purpose,
        widget=forms.RadioSelect,
        help_text=_("Everything you do is recorded with this purpose."),
    )


class PurposeOnly(forms.Form):
    purpose = forms.ChoiceField(
        label=_("What is this for?"),
        choices=Purpose,
        widget=forms.RadioSelect,
        help_text=_("Everything you do is recorded with this purpose."),
    )


class NewPasskey(forms.Form):
    name = forms.CharField(
        label=_("What do you call it?"),
        max_length=60,
        help_text=_("For example: blue key, work phone. So that you know it when you lose it."),
    )


class ChangePassword(forms.Form):
    old = forms.CharField(
        label=_("Present password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("New password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 15 characters. A few words in a row are good."),
    )


def _code_field(label: str, **more: Any) -> forms.CharField:
    box = forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "none"})
    return forms.CharField(label=label, max_length=40, widget=box, **more)


class SignInAllAtOnce(SignIn):
    """For whoever has a second factor, once too many tries have been made with their name."""

    code = _code_field(_("Code"), help_text=_("Six digits from your app, or a recovery code."))
    field_order = ("username", "password", "code", "purpose")


class Code(forms.Form):
    code = _code_field(_("Code"), help_text=_("Six digits from your app, or a recovery code."))


class FirstCode(forms.Form):
    code = _code_field(_("Code"), help_text=_("The six digits that your app shows now."))


class Proof(forms.Form):
    """The code is asked for only where a second factor is on."""

    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = _code_field(_("Code"), help_text=_("Six digits from your app, or a recovery code."))

    def __init__(self, data: Any = None, *, with_code: bool) -> None:
        super().__init__(data)
        if not with_code:
            del self.fields["code"]
