"""Made-up accounts: people with one user name on several platforms, handles that were changed."""

from collections.abc import Iterator

import pyarrow as pa

from lightkeeper.engine.synthetic.things import Clerk, Row, Thing, make_things


def make_accounts(count: int, seed: int) -> pa.Table:
    """Columns: platform, username, account_id, email, phone, display_name, true_id.

    Most people have a second account or a third, on other platforms: those are others.
    """
    return make_things(_accounts, _written, count, seed)


def _accounts(clerk: Clerk, count: int) -> Iterator[Thing]:
    chance = clerk.chance
    made = 0
    while made < count:
        given, family = clerk.towns.name()
        plain = (given.lower() if given.isascii() else "someone", family.lower().replace("'", ""))
        host = chance.choice(clerk.words["mail_hosts"])
        mail = f"{plain[0]}.{plain[1]}{chance.randint(1, 99)}@{host}"
        person = {"given": given, "family": family, "mail": mail, "phone": clerk.towns.phone()}
        handle = _handle(clerk, plain)
        platforms = chance.sample(list(clerk.words["platforms"]), chance.choice((1, 1, 2, 3)))
        for platform in platforms[: count - made]:
            yield person | {
                "platform": platform, "id": clerk.digits(11),
                "handle": handle if clerk.luck(0.5) else _handle(clerk, plain),
                "handle_before": _handle(clerk, plain) if clerk.luck(0.1) else "",
            }  # fmt: skip
            made += 1


def _handle(clerk: Clerk, plain: tuple[str, str]) -> str:
    given, family = plain
    number = clerk.chance.choice(
        ["", str(clerk.chance.randint(1, 99)), str(clerk.chance.randint(1970, 2012))]
    )
    forms = (
        f"{given}{family[:1]}{number}", f"{given}.{family}{number}", f"{given}_{number or 'x'}",
        f"{family}{given[:1]}{number}", f"real{given}{number}",
    )  # fmt: skip
    return clerk.chance.choice(forms)


def _written(clerk: Clerk, one: Thing) -> Row:
    chance = clerk.chance
    handle = one["handle_before"] if one["handle_before"] and clerk.luck(0.4) else one["handle"]
    handle = clerk.slip(handle, 0.08)
    link = f"https://www.{one['platform'].lower()}.example/{handle}"
    name = chance.choice(
        [f"{one['given']} {one['family']}", one["given"], f"{one['given']} {one['family'][:1]}"]
    )
    return {
        "platform": clerk.known(clerk.spelt(one["platform"], clerk.words["platforms"], 0.4), 0.95),
        "username": clerk.known(
            chance.choice([handle, handle, f"@{handle}", handle.upper(), link]), 0.9
        ),
        "account_id": clerk.known(one["id"], 0.3),
        "email": clerk.known(one["mail"], 0.35),
        "phone": clerk.known(clerk.phone(one["phone"]), 0.3),
        "display_name": clerk.known(clerk.slip(name, 0.06), 0.6),
    }
