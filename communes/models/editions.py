"""How often what changes seldom has changed."""

from django.db import models


class Edition(models.Model):
    """A part of the number by which a subject (:mod:`communes.editions`) has been changed; the edition is their sum.

    Written by the database alone. Each connection has a ``slot`` of its own, so that of two who change a subject at
    once neither waits for the other.
    """

    subject = models.CharField(max_length=20)
    slot = models.PositiveSmallIntegerField()
    number = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["subject", "slot"], name="edition_counted_once")]

    def __str__(self) -> str:
        return f"{self.subject} {self.slot}: {self.number}"
