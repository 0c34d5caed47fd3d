"""Tasks in each state, as tasking's own tests have them."""

from lightkeeper.apps.tasking.tests.conftest import accepted, proposed, recorded, sent

__all__ = ["accepted", "proposed", "recorded", "sent"]
