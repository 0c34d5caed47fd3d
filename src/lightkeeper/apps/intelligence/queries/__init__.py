"""Reading the picture, always for someone."""

from lightkeeper.apps.intelligence.queries.facts import Fact, facts_of
from lightkeeper.apps.intelligence.queries.figures import figures
from lightkeeper.apps.intelligence.queries.finding import Found, Results, find, search
from lightkeeper.apps.intelligence.queries.learnt import (
    GroupCard,
    Learnt,
    accuracy_cards,
    learnt,
    trained_models,
)
from lightkeeper.apps.intelligence.queries.parts import subjects_of
from lightkeeper.apps.intelligence.queries.priorities import (
    PAGE,
    Filters,
    Ranked,
    choices_of,
    explained,
    rank,
    ranking,
)
from lightkeeper.apps.intelligence.queries.review import (
    PairView,
    Waiting,
    get_judgement,
    judgements,
    next_in_queue,
    pair,
    review_queue,
    two_records,
    waiting_count,
)
from lightkeeper.apps.intelligence.queries.subjects import (
    Subject,
    explain_subject,
    is_child_or_harmed,
    look_up,
    looks_at_subject,
    reference_of,
    reports_of,
    subject,
)

__all__ = [
    "PAGE", "Fact", "Filters", "Found", "GroupCard", "Learnt", "PairView", "Ranked", "Results",
    "Subject", "Waiting", "accuracy_cards", "choices_of", "explain_subject", "explained",
    "facts_of", "figures", "find", "get_judgement", "is_child_or_harmed", "judgements", "learnt",
    "look_up", "looks_at_subject", "next_in_queue", "pair", "rank", "ranking", "reference_of",
    "reports_of", "review_queue", "search", "subject", "subjects_of", "trained_models",
    "two_records", "waiting_count",
]  # fmt: skip
