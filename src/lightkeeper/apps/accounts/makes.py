"""Which makes of security key a role may use: by the number that a key gives of its own model."""

from datetime import date

from django.db.models import Q

from lightkeeper.apps.accounts.models import KeyMake, Passkey, PersonRole
from lightkeeper.core import days
from lightkeeper.core.errors import NotPermitted

# What a key says that does not tell its make.
UNTOLD = "00000000-0000-0000-0000-000000000000"


def names_for(person_id: int) -> dict[str, str]:
    """The makes that this person may use, by number, with their names; empty if any may be used.
    Of several roles with a list each has to allow it.
    """
    today = days.today()
    roles = PersonRole.objects.filter(_holds(today), person_id=person_id).values("role")
    lists: dict[str, dict[str, str]] = {}
    for row in KeyMake.objects.filter(_holds(today), role__in=roles):
        lists.setdefault(row.role, {})[row.aaguid] = row.name
    if not lists:
        return {}
    first, *others = lists.values()
    return {
        number: name for number, name in first.items() if all(number in other for other in others)
    } or {UNTOLD: "none: the lists of your roles have no make in common"}


def check_make(person_id: int, aaguid: str) -> None:
    """Raises: NotPermitted, naming what may be used."""
    allowed = names_for(person_id)
    if allowed and (aaguid == UNTOLD or aaguid not in allowed):
        named = ", ".join(sorted(set(allowed.values())))
        raise NotPermitted(
            "Your role does not take this make of key, or the key does not tell its make. "
            f"It takes: {named}."
        )


def count_stopped(role: str, aaguid: str, since: date) -> int:
    """How many people have a key that stops on that day if this make is entered as the first that
    the role may use. A key that was added before its make was asked stops too.
    """
    if KeyMake.objects.filter(_holds(since), role=role).exists():
        return 0
    holders = PersonRole.objects.filter(_holds(since), role=role).values("person_id")
    keys = Passkey.objects.filter(person_id__in=holders, removed_at=None)
    if aaguid != UNTOLD:
        keys = keys.exclude(aaguid=aaguid)
    return keys.values("person_id").distinct().count()


def _holds(on: date) -> Q:
    begun = Q(active_from=None) | Q(active_from__lte=on)
    return begun & (Q(active_to=None) | Q(active_to__gt=on))
