"""From a FollowTheMoney entity to a record: nothing of it is dropped."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from lightkeeper.engine.formats.table import Fault, Row
from lightkeeper.engine.records.cleaned import Setting
from lightkeeper.engine.records.cleaning import cleaner_for
from lightkeeper.engine.records.drafting import Draft, Judged, judge_for, put
from lightkeeper.engine.records.mapping import Spec
from lightkeeper.engine.records.record import MappedRecord, Note
from lightkeeper.engine.records.schemata import SCHEMATA, Property


@lru_cache(maxsize=1024)
def _entity_judge(about: Property, year: int, region: str) -> Callable[[str], Judged]:
    setting = Setting(year, region=region, scheme=about.scheme)
    return judge_for(Spec(about.name), about.type, cleaner_for(about.type, setting))


def from_entity(
    row: Row, *, on: date, region: str = "GB", strict: bool = False
) -> MappedRecord | list[Fault]:
    """The record of a FollowTheMoney entity.

    What we do not know (schema, property) and what is not clean is kept under `unmapped` with a
    note; with `strict`, a value that is not clean faults the row. `on` is the day of receipt.
    """
    schema = row.values.get("schema", "")
    draft = Draft(row.number)
    kind = SCHEMATA.find(schema)
    if kind is None:
        kind = SCHEMATA.kind("Thing")
        draft.unmapped["schema"] = [schema]
        draft.notes.append(Note("schema", f"the kind {schema!r} is not known; kept as a Thing."))
    for name, texts in (row.properties or {}).items():
        about = kind.properties.get(name)
        if about is None:
            draft.unmapped.setdefault(name, []).extend(texts)
            draft.notes.append(
                Note(name, f"{kind.name} has no property {name!r}; kept as received.")
            )
            continue
        judge = _entity_judge(about, on.year, region)
        spec = Spec(name, (name,), keep=not strict)
        for text in texts:
            put(spec, judge(text), name, text, draft, draft.properties)
    if draft.faults:
        return draft.faults
    originals = dict(row.values) | {
        name: "; ".join(texts) for name, texts in (row.properties or {}).items()
    }
    roles = tuple(draft.properties.get("role", ())) if kind.is_a("Person") else ()
    return MappedRecord(
        row.number, kind.name, draft.properties, originals, draft.unmapped, tuple(draft.notes),
        row.values.get("id", ""), roles=roles,
    )  # fmt: skip
