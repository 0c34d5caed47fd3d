"""The PostgreSQL roles and what each is for. One table, read by the launcher, the settings and
the tests.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """A role in the database.

    `bypasses` is BYPASSRLS: only the guard, whose functions hold the policy inside, and the linker,
    which has to see every record to say which are of one person, have it.
    """

    name: str
    logs_in: bool
    bypasses: bool
    purpose: str


OWNER = Role("lk_owner", True, False, "owns the tables; migrations only")
WEB = Role("lk_web", True, False, "pages and the API, on behalf of a session")
WORKER = Role("lk_worker", True, False, "jobs, on behalf of the person who asked")
DOOR = Role("lk_door", True, False, "signing in: passwords and sessions, nothing else")
LINKER = Role(
    "lk_linker",
    True,
    True,
    "reads every record to link them, and every look; writes links and unusual looks only",
)
SEALER = Role("lk_sealer", True, False, "reads audit events and writes seals")
GUARD = Role("lk_guard", False, True, "owns the functions that hold the access rule")

ROLES = (OWNER, WEB, WORKER, DOOR, LINKER, SEALER, GUARD)

# What a session's statements look like must not be readable by another session of the same
# role: the session token is among the parameters.
QUIET = (WEB, WORKER, DOOR)
