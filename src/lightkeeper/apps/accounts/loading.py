"""Entering agencies, roles and people, as the owner of the tables: what a deployment does at
set-up.

Everything here can be run again: what is there already is brought up to date.
"""

import secrets
from collections.abc import Iterable
from datetime import date
from importlib.resources import files

from django.db import connections, transaction
from django.db.models import F

from lightkeeper.apps.accounts.choices import Standing
from lightkeeper.apps.accounts.loading_reference import OWNER, day, table
from lightkeeper.apps.accounts.models import (
    Agency,
    Compartment,
    CompartmentMember,
    Credential,
    FactorDemand,
    KeyMake,
    Person,
    PersonRole,
    RateLimit,
    RoleGrant,
    RolePower,
)
from lightkeeper.apps.accounts.services import AtTheDoor
from lightkeeper.apps.audit import services as audit
from lightkeeper.core.references import new_reference


def load_rules() -> None:
    """What each role may see and do, and how often, from the tables in `refdata`."""
    for row in table("role_grants.csv"):
        for verb in row["verbs"].split():
            RoleGrant.objects.using(OWNER).get_or_create(
                role=row["role"], record_class=int(row["class"]), verb=verb
            )
    for row in table("role_powers.csv"):
        for power in row["powers"].split():
            RolePower.objects.using(OWNER).get_or_create(role=row["role"], power=power)
    for row in table("rate_limits.csv"):
        # Where a deployment has changed a row, it stays as it is.
        RateLimit.objects.using(OWNER).get_or_create(
            code=row["code"],
            role=row["role"],
            active_from=None,
            defaults={
                "doors": row["doors"],
                "counted": row["counted"],
                "only_failures": row["counts"] == "failures",
                "most": int(row["most"]),
                "seconds": int(row["seconds"]),
                "then": row["then"],
                "delay_ms": int(row["delay_ms"]),
            },
        )

    for row in table("role_factors.csv"):
        FactorDemand.objects.using(OWNER).get_or_create(
            role=row["role"],
            defaults={"active_from": day(row["active_from"]), "active_to": day(row["active_to"])},
        )


def demand_no_factor() -> None:
    """For a trial, and for tests: a password is enough for every role."""
    FactorDemand.objects.using(OWNER).update(active_to=F("active_from"))


def demand_factor(role: str, since: date) -> None:
    """From this day whoever has the role needs a second factor before anything else opens."""
    FactorDemand.objects.using(OWNER).update_or_create(
        role=role, defaults={"active_from": since, "active_to": None}
    )


def allow_make(role: str, aaguid: str, name: str, since: date, until: date | None = None) -> None:
    """From this day whoever has the role may use this make of key, and none that is not entered."""
    KeyMake.objects.using(OWNER).update_or_create(
        role=role, aaguid=aaguid.lower(), active_from=since,
        defaults={"name": name, "active_to": until},
    )  # fmt: skip


def add_agency(code: str, name: str, kind: str, desk: str = "") -> Agency:
    agency, _ = Agency.objects.using(OWNER).update_or_create(
        code=code, defaults={"name": name, "kind": kind, "desk": desk}
    )
    return agency


def add_person(
    *,
    username: str,
    name: str,
    agency: Agency,
    roles: Iterable[str],
    level: int,
    trained_until: date,
    password: str | None = None,
    must_change: bool = True,
) -> tuple[Person, str | None]:
    """A person with roles, and the one-time password if an account had to be made."""
    person, _ = Person.objects.using(OWNER).update_or_create(
        username=username,
        defaults={"name": name, "agency": agency, "level": level, "trained_until": trained_until},
    )
    for role in roles:
        PersonRole.objects.using(OWNER).get_or_create(person=person, role=role)
    if Credential.objects.using("door").filter(username=username).exists():
        return person, None
    password = password or one_time_password()
    credential = Credential(username=username, person_id=person.pk, must_change=must_change)
    credential.set_password(password)
    credential.save(using="door", force_insert=True)
    return person, password


def reset_password(person: Person) -> str:
    """A new one-time password, for somebody who has lost theirs."""
    password = one_time_password()
    credential = Credential.objects.using("door").get(person_id=person.pk)
    credential.set_password(password)
    credential.must_change = True
    with transaction.atomic(using="door"):
        credential.save(using="door", update_fields=["password", "must_change"])
        with connections["door"].cursor() as cursor:
            cursor.execute("select sec.close_sessions_of(%s, '')", [person.pk])
        audit.record(
            by=AtTheDoor(person),
            did=audit.Did.PASSWORD_CHANGED,
            to=person.username,
            reason="a new one-time password",
            using="door",
        )
    return password


def add_compartment(code: str, name: str, owner: Agency, members: Iterable[Person]) -> Compartment:
    """One that stands at set-up, with members whom nobody proposed: later ones take two people."""
    compartment, _ = Compartment._base_manager.using(OWNER).get_or_create(
        owner=owner, code=code, defaults={"name": name, "reference": new_reference("CMP")}
    )
    for person in members:
        CompartmentMember._base_manager.using(OWNER).get_or_create(
            compartment=compartment,
            person=person,
            defaults={"reference": new_reference("MEM"), "standing": Standing.APPROVED},
        )
    return compartment


def one_time_password() -> str:
    """Four short, plain words of 76: 25 bits, enough against five tries a quarter of an hour."""
    words = files("lightkeeper.refdata").joinpath("words.txt").read_text(encoding="utf-8").split()
    return "-".join(secrets.choice(words) for _ in range(4))
