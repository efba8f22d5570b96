"""How often what changes seldom has changed."""

from django.db import models


class Edition(models.Model):
    """A part of the edition of a subject (:mod:`communes.editions`), which is the sum of them.

    Written by the database alone, anew with every change and at random: a number that was rolled back does not come
    again. Each connection has a ``slot`` of its own, so that of two who change a subject at once neither waits.
    """

    subject = models.CharField(max_length=20)
    slot = models.PositiveSmallIntegerField()
    number = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["subject", "slot"], name="edition_counted_once")]

    def __str__(self) -> str:
        return f"{self.subject} {self.slot}: {self.number}"
