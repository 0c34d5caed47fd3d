"""The ledger of erasures in a file of its own: a backup brings back what was erased after it, and
`lightkeeper restore` erases that again by this file.
"""

import json
import os
from pathlib import Path

from django.conf import settings
from django.db import connections

from lightkeeper.core.backup.ledger import place_of

SEALER = "sealer"
_written = (-1, -1)


def write_ledger() -> bool:
    """Write what was erased, if there is more of it than the file has. Whether there was.

    For the worker's housekeeping; as the sealer, who writes what is kept apart.
    """
    global _written
    with connections[SEALER].cursor() as cursor:
        cursor.execute("select count(*), coalesce(max(id), 0) from sec.erased_ledger()")
        now = cursor.fetchone()
        path = place_of(Path(settings.VAR))
        if now == _written and path.exists():
            return False
        cursor.execute(
            "select reference, kind, digest, erased_on::text, rule, proposed_by, confirmed_by "
            "from sec.erased_ledger() order by id"
        )
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    _replace(path, "".join(json.dumps(row) + "\n" for row in rows))
    _written = now
    return True


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    new.replace(path)
