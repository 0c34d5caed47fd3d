"""Tasks in each state, as tasking's own tests have them."""

from lightkeeper.apps.tasking.tests.conftest import accepted, proposed, sent

__all__ = ["accepted", "proposed", "sent"]
