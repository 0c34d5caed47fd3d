"""Who may work on the picture."""

from lightkeeper.apps.accounts.services import Actor, Power, check_may


def check_may_judge(by: Actor) -> None:
    check_may(by, Power.JUDGE)


def check_may_see_figures(by: Actor) -> None:
    check_may(by, Power.ADMINISTER)
