"""Who may decide for a child."""

from lightkeeper.apps.accounts.services import Actor, Power, check_may


def check_may_decide(by: Actor) -> None:
    """Anybody who sees the consideration and whose role carries the duty, of whichever agency."""
    check_may(by, Power.SAFEGUARD)
