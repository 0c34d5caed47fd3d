"""How often a door may be used: the rows of `rate_limits`, counted in the door's own transactions.

A count stands whatever becomes of the request, and it is taken before the request is looked at:
what is hidden and what is not there come to the same.
"""

import hmac
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.db import connections
from django.db.models import Q
from django.http import HttpRequest

from lightkeeper.apps.accounts.models import RateLimit
from lightkeeper.core import days
from lightkeeper.core.errors import TooMany

RULES_HOLD_SECONDS = 5
SWEPT_ONE_TIME_IN = 200


class Counted(StrEnum):
    """Who or what is counted."""

    ACCOUNT = "account"  # the name that is tried, whoever tries it
    BROWSER = "browser"  # a browser in which this person has signed in before
    PERSON = "person"  # whoever is signed in
    SOURCE = "source"  # the network address
    ALL = "all"


class Then(StrEnum):
    """What happens past the limit."""

    SLOW = "slow"
    REFUSE = "refuse"
    EMPTY = "empty"  # answered as if nothing were held; the app that answers counts it


@dataclass(frozen=True)
class Rule:
    code: str
    doors: frozenset[str]
    counted: Counted
    only_failures: bool
    role: str
    most: int
    seconds: int
    then: Then
    delay_ms: int


@dataclass(frozen=True)
class Count:
    rule: Rule
    who: str
    tries: int
    seconds_left: int

    @property
    def over(self) -> bool:
        return self.tries > self.rule.most


def rules() -> tuple[Rule, ...]:
    """The rows that hold today, as they were a few seconds ago."""
    return _rules(int(time.monotonic() / RULES_HOLD_SECONDS))


def forget_rules() -> None:
    _rules.cache_clear()


@lru_cache(maxsize=1)
def _rules(_moment: int) -> tuple[Rule, ...]:
    today = days.today()
    rows = RateLimit.objects.using("door").filter(
        Q(active_from=None) | Q(active_from__lte=today),
        Q(active_to=None) | Q(active_to__gt=today),
    )
    return tuple(
        Rule(
            row.code,
            frozenset(row.doors.split()),
            Counted(row.counted),
            row.only_failures,
            row.role,
            row.most,
            row.seconds,
            Then(row.then),
            row.delay_ms,
        )
        for row in rows.order_by("code", "-most")
    )


def rule_for(code: str, roles: Iterable[str] = ()) -> Rule | None:
    """The most generous row of this code for one of these roles, or else the one for every role."""
    rows = [rule for rule in rules() if rule.code == code]
    own = [rule for rule in rows if rule.role and rule.role in roles]
    return max(own or (rule for rule in rows if not rule.role), key=_most, default=None)


def _most(rule: Rule) -> int:
    return rule.most


def check_door(name: str, method: str, who: dict[Counted, str], roles: Iterable[str] = ()) -> None:
    """Count one use of a door, and make it wait or refuse it if there were too many.

    Where only failures count, at the doors of signing in, they are counted there: see `guesses`.

    Raises: TooMany.
    Source: OWASP ASVS 5.0 V2.4.1, V6.3.1.
    """
    at = {name, f"{method}:{name}"}
    codes = {rule.code for rule in rules() if at & rule.doors and not rule.only_failures}
    for code in sorted(codes):
        rule = rule_for(code, roles)
        if rule and rule.counted in who and rule.then is not Then.EMPTY:
            enforce(count(rule, who[rule.counted]))


def enforce(done: Count) -> None:
    """Raises: TooMany."""
    if not done.over:
        return
    if done.rule.then is Then.REFUSE:
        raise TooMany(done.seconds_left)
    time.sleep(done.rule.delay_ms / 1000)


COUNT = """
insert into accounts_ratecount as c (key, until, count)
  select %(key)s, now() + make_interval(secs => %(seconds)s), 1
    from (select set_config('synchronous_commit', 'off', true)) as at_once
on conflict (key) do update set
  count = case when c.until <= now() then 1 else c.count + 1 end,
  until = case when c.until <= now() then excluded.until else c.until end
returning count, ceil(extract(epoch from until - now()))::int
"""


def count(rule: Rule, who: str) -> Count:
    """One more, in a transaction of its own."""
    tries, left = _count(_key(rule.code, who), rule.seconds)
    return Count(rule, who, tries, left)


def first_time(what: str, *, within_seconds: int) -> bool:
    """Whether this has not been shown before: for what may be used once and does not last."""
    return _count(_key("once", what), within_seconds)[0] == 1


def _count(key: bytes, seconds: int) -> tuple[int, int]:
    with connections["door"].cursor() as cursor:
        cursor.execute(COUNT, {"key": key, "seconds": seconds})
        tries, left = cursor.fetchone()
        if not secrets.randbelow(SWEPT_ONE_TIME_IN):
            cursor.execute("delete from accounts_ratecount where until < now()")
    return tries, max(left, 1)


def take_back(done: Count) -> None:
    """It was no failure after all."""
    with connections["door"].cursor() as cursor:
        cursor.execute(
            "update accounts_ratecount set count = greatest(count - 1, 0) where key = %s",
            [_key(done.rule.code, done.who)],
        )


def clear(done: Count) -> None:
    """Whoever it was got in: the failures before are forgotten."""
    with connections["door"].cursor() as cursor:
        cursor.execute(
            "delete from accounts_ratecount where key = %s", [_key(done.rule.code, done.who)]
        )


def _key(code: str, who: str) -> bytes:
    # Keyed, so that the table tells nobody whose names and addresses were tried.
    return hmac.new(settings.SECRET_KEY.encode(), f"{code}\0{who}".encode(), sha256).digest()


def source_of(request: HttpRequest) -> str:
    """The network from which a request comes. What a proxy says is believed of the proxies of the
    settings alone; of a version 6 address its network counts, for a house has them all.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if address in settings.PROXIES:
        said = request.headers.get("X-Forwarded-For", "").split(",")
        hops = [hop.strip() for hop in reversed(said)]
        address = next((hop for hop in hops if hop not in settings.PROXIES), "")
    try:
        known = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(known, IPv6Address):
        return f"{IPv6Address(int(known) >> 64 << 64)}/64"
    return str(known)
