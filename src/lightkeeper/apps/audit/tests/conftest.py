import pytest

from lightkeeper.apps.audit.services import Did, record


@pytest.fixture
def log(committed, settings, tmp_path):
    """An empty log with a key and a file of checkpoints of its own."""
    from lightkeeper.testing.plugin import NAME, superuser

    settings.KEYS, settings.VAR = tmp_path / "keys", tmp_path
    with superuser(NAME) as c:
        c.execute("set session_replication_role = replica")
        c.execute("truncate audit_event, audit_leaf, audit_seal restart identity")
    return tmp_path


@pytest.fixture
def happen(as_, log):
    """`happen(3)`: Ada does three things, each in a transaction of its own."""
    from django.db import transaction

    def do(times: int = 1, name: str = "ada") -> None:
        with transaction.atomic():
            actor = as_(name)
        for number in range(times):
            with transaction.atomic():
                record(by=actor, did=Did.RECORD_SEEN, to=[f"REC-{number}"], reason="a look")

    return do


@pytest.fixture
def ada(as_, log):
    from django.db import transaction

    with transaction.atomic():
        return as_("ada")
