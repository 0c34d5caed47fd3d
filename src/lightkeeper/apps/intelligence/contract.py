"""The doors of the picture."""

from lightkeeper.core.access.contract import Ask, Door

DOORS = {
    "intelligence:search": Door(Ask.READ, shows="subjects found"),
    "intelligence:subject": Door(Ask.READ, shows="one subject"),
    "intelligence:looks": Door(Ask.READ, shows="who has looked at the records of one subject"),
    "intelligence:review": Door(Ask.READ, shows="pairs that wait for a person"),
    "intelligence:pair": Door(Ask.READ, shows="two records side by side"),
    "intelligence:judge": Door(Ask.CHANGE, ("POST",)),
    "intelligence:judgements": Door(Ask.READ, shows="what was decided"),
    "intelligence:undo": Door(Ask.CHANGE, ("GET", "POST"), shows="one judgement"),
    "intelligence:priorities": Door(Ask.READ, shows="the ranked list"),
    "intelligence:priority": Door(Ask.READ, shows="why a subject stands where it stands"),
    "intelligence:figures": Door(Ask.READ, shows="figures of linkage"),
    "intelligence:models": Door(Ask.READ, shows="models of linkage"),
    "intelligence:model": Door(Ask.READ, shows="what one model learnt"),
    "intelligence:accuracy": Door(Ask.READ, shows="accuracy of linkage by group"),
    "api:search_picture": Door(Ask.READ, shows="subjects found"),
    "api:get_subject": Door(Ask.READ, shows="one subject"),
    "api:subject_looks": Door(Ask.READ, shows="who has looked at the records of one subject"),
    "api:list_review": Door(Ask.READ, shows="pairs that wait for a person"),
    "api:list_priorities": Door(Ask.READ, shows="the ranked list"),
    "api:list_models": Door(Ask.READ, shows="models of linkage"),
    "api:get_model": Door(Ask.READ, shows="what one model learnt"),
    "api:accuracy_by_group": Door(Ask.READ, shows="accuracy of linkage by group"),
    "api:judge_pair": Door(Ask.CHANGE, ("POST",)),
    "api:undo_judgement": Door(Ask.CHANGE, ("POST",)),
}
