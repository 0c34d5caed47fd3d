"""What every protected table is made of: the label, and a manager that needs a viewer."""

from dataclasses import dataclass
from typing import Any, Protocol, Self

from django.db import models

from lightkeeper.core.access.guard import NoViewer


class Sees(Protocol):
    """Somebody whose readable labels are known."""

    @property
    def readable(self) -> frozenset[int]: ...


@dataclass(frozen=True)
class Handling:
    """What a model states of itself: how it is protected, kept, and what may leave.

    `protection`: "labelled" (carries one label), "paired" (carries the labels of two records),
    "audit", "overseen" (by the agency's overseers alone), "own" (only one's own rows), "member"
    (compartments), "membership" (who is in them), or "open" with `why`.
    `writers`: roles of the database that may insert and update it under its policy.
    """

    protection: str
    retention: str
    personal: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    writers: tuple[str, ...] = ()
    derived_by: tuple[str, ...] = ()
    append_only: bool = False
    why: str = ""


class GuardedQuerySet(models.QuerySet[Any]):
    label_columns: tuple[str, ...] = ("bucket_id",)

    def visible_to(self, actor: Sees) -> Self:
        """The rows whose labels this actor may read."""
        readable = list(actor.readable)
        return self.filter(**{f"{column}__in": readable for column in self.label_columns})


class PairQuerySet(GuardedQuerySet):
    label_columns = ("bucket_left_id", "bucket_right_id")


class GuardedManager(models.Manager[Any]):
    """Refuses to list rows on nobody's behalf."""

    queryset_class: type[GuardedQuerySet] = GuardedQuerySet

    def get_queryset(self) -> models.QuerySet[Any]:
        raise NoViewer(f"{self.model.__name__} is asked for without a viewer")

    def visible_to(self, actor: Sees) -> GuardedQuerySet:
        return self.queryset_class(self.model, using=self._db).visible_to(actor)

    def create(self, **kwargs: Any) -> Any:
        row = self.model(**kwargs)
        row.save(force_insert=True, using=self._db)
        return row


class PairManager(GuardedManager):
    queryset_class = PairQuerySet


class Labelled(models.Model):
    """A row with one label: an interned envelope, the day it is next reviewed."""

    bucket = models.ForeignKey("accounts.Bucket", models.PROTECT, related_name="+")
    review_due = models.DateField(null=True)

    objects = GuardedManager()

    class Meta:
        abstract = True
