"""Who may work on the picture."""

from django.conf import settings

from lightkeeper.apps.accounts.services import Actor, Power, check_may
from lightkeeper.core.errors import NotPermitted


def check_may_judge(by: Actor) -> None:
    check_may(by, Power.JUDGE)


def check_may_see_figures(by: Actor) -> None:
    check_may(by, Power.ADMINISTER)


def check_may_see_models(by: Actor) -> None:
    """What a model learnt, for who runs the system and for the governance desk."""
    if Power.HANDLE_RIGHTS not in by.powers:
        check_may(by, Power.ADMINISTER)


def check_may_see_cards(by: Actor) -> None:
    """Who is linked worse, for the governance desk alone: it is no input to any work on people."""
    check_may(by, Power.HANDLE_RIGHTS)


def check_may_set_threshold(by: Actor) -> None:
    """It is of everybody's picture, so it is for the hub's own people."""
    check_may(by, Power.SET_THRESHOLD)
    if by.agency.code != settings.HUB:
        raise NotPermitted("The threshold is set by the people of the hub.")
