"""Forms of signing in."""

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
