"""What identifies somebody well enough to ask other agencies: exact keys, in groups.

A record answers a group if it has every key of it. There is no near match here: what is found by
trying nearly must be one's own to see.
"""

from lightkeeper.engine.records import key_hash
from lightkeeper.engine.records.query import read_query
from lightkeeper.engine.records.tokens import phone_key, plain

Groups = list[list[int]]
WHOLE_DATE = 10  # letters of a date to the day


def groups_of(text: str) -> Groups:
    """The groups of keys in what somebody typed; empty if nothing in it is enough."""
    query = read_query(text)
    groups = [[key_hash("phone", phone_key(value))] for value in query.phones]
    for kind, values in (
        ("email", query.emails),
        ("identifier", query.identifiers),
        ("handle", query.handles),
    ):
        groups += [[key_hash(kind, plain(value))] for value in values]
    names = [key_hash("name", name) for name in query.names]
    days = [day for day in query.dates if len(day) == WHOLE_DATE]
    if len(names) > 1:
        groups += [[*names, key_hash("dob", day)] for day in days]
    return groups
