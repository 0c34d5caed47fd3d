"""What administrators see of linkage: counts and accuracy over the whole picture, no names."""

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intelligence import permissions
from lightkeeper.apps.intelligence.models import LinkageModel, LinkageRun

LAST = 20


def figures(actor: Actor) -> tuple[list[LinkageRun], list[LinkageModel]]:
    """The last runs and models. Raises: NotPermitted."""
    permissions.check_may_see_figures(actor)
    audit.record(by=actor, did=audit.Did.FIGURES_SEEN, to="linkage")
    runs = LinkageRun.objects.select_related("model").order_by("-pk")[:LAST]
    models = LinkageModel.objects.order_by("-trained_at")[:LAST]
    return list(runs), list(models)
