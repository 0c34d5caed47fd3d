"""From a row to a graded, searchable record: kinds, cleaning, mappings, keys."""

from lightkeeper.engine.records.applying import SCHEMES, apply_mapping
from lightkeeper.engine.records.children import concerns_child
from lightkeeper.engine.records.cleaned import Cleaned, Problem, Setting
from lightkeeper.engine.records.cleaning import clean
from lightkeeper.engine.records.entities import from_entity
from lightkeeper.engine.records.gradings import (
    Grading,
    Scheme,
    Suggestion,
    check_grading,
    enforced,
    load_schemes,
    reliability,
    suggest_conversion,
)
from lightkeeper.engine.records.mapping import Mapping, load_mapping
from lightkeeper.engine.records.names import fold_name
from lightkeeper.engine.records.propose import Guess, Proposal, propose
from lightkeeper.engine.records.record import MappedRecord, Note
from lightkeeper.engine.records.schemata import SCHEMATA, Kind, Property
from lightkeeper.engine.records.scoring import Score, score
from lightkeeper.engine.records.steps import Steps, cleaning_steps
from lightkeeper.engine.records.tokens import QueryKey, key_hash, query_keys, search_keys

__all__ = [
    "SCHEMATA", "SCHEMES", "Cleaned", "Grading", "Guess", "Kind", "MappedRecord", "Mapping", "Note",
    "Problem", "Property", "Proposal", "QueryKey", "Scheme", "Score", "Setting", "Steps",
    "Suggestion", "apply_mapping", "check_grading", "clean", "cleaning_steps",
    "concerns_child", "enforced", "fold_name", "from_entity",
    "key_hash", "load_mapping", "load_schemes", "propose", "query_keys", "reliability", "score",
    "search_keys", "suggest_conversion",
]  # fmt: skip
