"""What waits for the person who has just sat down: each count leads to its list."""

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lightkeeper.apps.accounts import closing, knowing, lasting
from lightkeeper.apps.accounts.services import Actor, Power
from lightkeeper.apps.intake import queries as intake
from lightkeeper.apps.intelligence import queries as picture
from lightkeeper.apps.safeguarding import queries as safeguarding
from lightkeeper.apps.tasking import queries as tasking
from lightkeeper.core.days import day_of


@dataclass(frozen=True)
class Card:
    """One count on the desk; `tone` only says something where there is something."""

    label: str
    count: int
    url: str
    tone: str = "neutral"
    note: str = ""


def cards(actor: Actor, *, at: datetime) -> list[Card]:
    """The counts that this person's role has to do with. All are of what they may see."""
    found = []
    if Power.SAFEGUARD in actor.powers:
        waiting = safeguarding.waiting_count(actor)
        url = reverse("safeguarding:considerations")
        found.append(Card(_("Children to consider"), waiting, url, _tone(waiting, "warn")))
    if Power.ANSWER in actor.powers:
        sent = tasking.inbox_count(actor)
        found.append(
            Card(_("Tasks to answer"), sent, reverse("tasking:inbox"), _tone(sent, "warn"))
        )
    if Power.DECIDE in actor.powers:
        proposed = tasking.to_decide_count(actor)
        url = f"{reverse('tasking:tasks')}?status=PROPOSED"
        found.append(Card(_("Proposals to decide"), proposed, url, _tone(proposed, "warn")))
    if actor.powers & {Power.ANSWER, Power.DECIDE, Power.PROPOSE}:
        late = tasking.overdue_count(actor, at=at)
        url = f"{reverse('tasking:tasks')}?overdue=on"
        found.append(Card(_("Tasks overdue"), late, url, _tone(late, "danger")))
    if Power.JUDGE in actor.powers:
        pairs = picture.waiting_count(actor)
        found.append(Card(_("Pairs to review"), pairs, reverse("intelligence:review")))
    if Power.CORRECT in actor.powers:
        held = intake.waiting_count(actor)
        found.append(Card(_("Rows in quarantine"), held, reverse("intake:quarantine")))
    if Power.APPROVE_MEMBER in actor.powers:
        members = len(knowing.waiting_for(actor))
        url = reverse("accounts:compartments")
        found.append(Card(_("Members to approve"), members, url, _tone(members, "warn")))
    today = day_of(at)
    if still := closing.to_look_at_again(actor, today=today):
        url, first = reverse("accounts:compartments"), still[0]
        tone = "danger" if closing.stands_still(first, today=today) else "warn"
        name = _("Compartments to look at again")
        found.append(Card(name, len(still), url, tone, _when(first, today)))
    ends = len(lasting.ending_of(actor, today=today))
    if ends:
        url = reverse("accounts:lasting")
        found.append(Card(_("Of yours that end soon"), ends, url, "warn"))
    if Power.RENEW in actor.powers:
        due = lasting.due_count(actor, today=today)
        url = reverse("accounts:lasting")
        found.append(Card(_("Clearances and training to renew"), due, url, _tone(due, "warn")))
    return found


def _when(first: closing.Compartment, today: date) -> str:
    words = {"name": first.name, "day": date_format(first.review_on, "j F Y")}
    if closing.stands_still(first, today=today):
        return _("%(name)s has stood still since %(day)s") % words
    return _("%(name)s stands still from %(day)s") % words


def _tone(count: int, tone: str) -> str:
    return tone if count else "neutral"
