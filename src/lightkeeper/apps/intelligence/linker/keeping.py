"""Where the linked table stands ready for the next report: one file a whole run, for the linker."""

from pathlib import Path

from django.conf import settings

from lightkeeper.apps.intelligence import linker
from lightkeeper.apps.intelligence.models import LinkageRun

FIGURE = "block_size"  # which only a whole run has


def place_of(run: LinkageRun) -> Path:
    """The file of a whole run. What it holds is personal: nobody but this account reads it."""
    folder = Path(settings.VAR) / "linking"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"{run.pk}.duckdb"


def last_whole_run() -> LinkageRun | None:
    whole = LinkageRun.objects.using(linker.USING).filter(
        finished_at__isnull=False, figures__has_key=FIGURE
    )
    return whole.order_by("-pk").first()


def remove_all_but(kept: Path) -> None:
    """What earlier runs left, and what a killed one had begun."""
    for path in kept.parent.iterdir():
        if path.name not in (kept.name, f"{kept.name}.wal"):
            path.unlink(missing_ok=True)
