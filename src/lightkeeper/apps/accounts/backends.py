"""Checking a password, through the door's role."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from lightkeeper.apps.accounts.models import Credential


class PasswordBackend(BaseBackend):
    def authenticate(
        self, request: HttpRequest | None, username: str = "", password: str = "", **_: Any
    ) -> Credential | None:
        try:
            credential = Credential.objects.get(username=username)
        except Credential.DoesNotExist:
            # As much work as for a known name, so that the time does not tell.
            Credential().set_password(password)
            return None
        right = credential.check_password(password) and credential.is_active
        return credential if right else None

    def get_user(self, user_id: int) -> Credential | None:
        return Credential.objects.filter(pk=user_id).first()
