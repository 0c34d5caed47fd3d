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
from lightkeeper.apps.intelligence.queries.teaching import (
    next_that_teaches,
    teaching_queue,
    why_it_teaches,
)
from lightkeeper.apps.intelligence.queries.thresholds import (
    Thresholds,
    get_proposal,
    get_reading,
    thresholds,
)

__all__ = [
    "PAGE", "Fact", "Filters", "Found", "GroupCard", "Learnt", "PairView", "Ranked", "Results",
    "Subject", "Thresholds", "Waiting", "accuracy_cards", "choices_of", "explain_subject",
    "explained", "facts_of", "figures", "find", "get_judgement", "get_proposal", "get_reading",
    "is_child_or_harmed", "judgements", "learnt", "look_up", "looks_at_subject", "next_in_queue",
    "next_that_teaches", "pair", "rank", "ranking", "reference_of", "reports_of", "review_queue",
    "search", "subject", "subjects_of", "teaching_queue", "thresholds", "trained_models",
    "two_records", "waiting_count", "why_it_teaches",
]  # fmt: skip
