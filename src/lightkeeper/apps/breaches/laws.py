"""What each law calls the same things: notifying, its time, telling people, and why not. Data.

Source: Data Protection Act 2018 s.67, s.68, and for the UK GDPR s.26 and Sch. 2 para. 2; UK GDPR
articles 33, 34. As we read them: to be confirmed by the controller's lawyers.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lightkeeper.apps.accounts.services import Law
from lightkeeper.apps.breaches.choices import NotToldBecause

G = NotToldBecause


@dataclass(frozen=True)
class Words:
    """How one law is cited, in a notification and in what is said to the officer."""

    notify: str
    unlikely: str
    late: str
    tell: str
    effort: str
    # On which grounds those whose data it is may go untold, and where the law says so.
    grounds: Mapping[str, str]


WORDS = {
    Law.PART_3: Words(
        notify="Data Protection Act 2018, section 67",
        unlikely="s.67(2)",
        late="s.67(3)",
        tell="s.68",
        effort="s.68(3)(c)",
        grounds={
            G.NOT_HIGH: "s.68(1)", G.PROTECTED: "s.68(3)(a)", G.MEASURES: "s.68(3)(b)",
            G.EFFORT: "s.68(3)(c)", G.INQUIRY: "s.68(7)(a)", G.PREJUDICE: "s.68(7)(b)",
            G.PUBLIC_SECURITY: "s.68(7)(c)", G.NATIONAL: "s.68(7)(d)", G.OTHERS: "s.68(7)(e)",
        },
    ),
    Law.UK_GDPR: Words(
        notify="UK GDPR, article 33",
        unlikely="article 33(1)",
        late="article 33(1)",
        tell="article 34",
        effort="article 34(3)(c)",
        grounds={
            G.NOT_HIGH: "article 34(1)", G.PROTECTED: "article 34(3)(a)",
            G.MEASURES: "article 34(3)(b)", G.EFFORT: "article 34(3)(c)",
            G.PREJUDICE: "Data Protection Act 2018, Sch. 2 para. 2",
            G.NATIONAL: "Data Protection Act 2018, s.26",
        },
    ),
}  # fmt: skip
