"""What the hub holds of who goes with whom, and of cars and accounts, as FollowTheMoney links."""

from collections.abc import Iterator, Mapping
from typing import Any

ASSOCIATES = (
    ("victor", "lena", "lives with"), ("victor", "dmitri", "drives for"),
    ("victor", "ruben", "seen together"), ("victor", "carl", "shares a phone with"),
    ("victor", "jade", "is introduced to girls by"), ("victor", "oksana", "meets at the station"),
    ("dmitri", "oksana", "shares a van with"), ("ruben", "samir", "seen with"),
    ("carl", "maya", "seen with"), ("jade", "maya", "wrote to online"),
)  # fmt: skip
FAMILY = (
    ("daniel_father", "daniel_son", "father"), ("victor", "lena", "married"),
    ("cole_3", "jade", "brother, he says"),
)  # fmt: skip
UNKNOWN = (
    ("marcus", "victor", "same phone, address and car under another birth date"),
    ("rahman_1", "rahman_2", "same name and hostel; not the same man"),
    ("vic_brand", "victor", "like names; no link found"),
    ("real_marcus", "victor", "name in use by somebody else"),
)
VEHICLES = (
    ("hub-car-1", "QX21 LKR", "dark saloon", ("victor", "lena")),
    ("hub-car-2", "QX18 NTW", "grey van", ("dmitri", "oksana")),
)
ACCOUNTS = (
    ("hub-account-1", "vb.lettings", "192.0.2.14", "victor"),
    ("hub-account-2", "jaydee_x", "198.51.100.23", "jade"),
    ("hub-account-3", "maya.draws", "203.0.113.8", "maya"),
)


def hub_links(identity_of: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every link and thing, between the hub's own entities. `identity_of`: whom an entity names."""
    entity: dict[str, str] = {}
    for ref, person in identity_of.items():
        entity.setdefault(person, ref)
    return [*_pairs(entity), *_vehicles(entity), *_accounts(entity)]


def _entity(ref: str, schema: str, **properties: str) -> dict[str, Any]:
    said = {name: [text] for name, text in properties.items()}
    return {"id": ref, "schema": schema, "properties": said}


def _pairs(at: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for number, (one, other, how) in enumerate(ASSOCIATES, start=1):
        yield _entity(f"hub-associate-{number:02}", "Associate", person=at[one],
                      associate=at[other], relationship=how)  # fmt: skip
    for number, (one, other, how) in enumerate(FAMILY, start=1):
        yield _entity(f"hub-family-{number:02}", "Family", person=at[one], relative=at[other],
                      relationship=how)  # fmt: skip
    for number, (one, other, how) in enumerate(UNKNOWN, start=1):
        yield _entity(f"hub-unknown-{number:02}", "UnknownLink", subject=at[one], object=at[other],
                      role=how)  # fmt: skip


def _vehicles(at: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for ref, mark, kind, keepers in VEHICLES:
        yield _entity(ref, "Vehicle", registrationNumber=mark, type=kind, name=f"{kind} {mark}")
        for keeper in keepers:
            yield _entity(f"{ref}-{keeper}", "Ownership", owner=at[keeper], asset=ref, role="uses")


def _accounts(at: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for ref, handle, address, user in ACCOUNTS:
        yield _entity(ref, "OnlineAccount", handle=handle, platform="Harbour Online", ip=address,
                      publisher="Harbour Online")  # fmt: skip
        yield _entity(f"{ref}-{user}", "UserOf", user=at[user], thing=ref)
