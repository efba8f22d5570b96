"""What the catalogues of the register have in common."""

from django.db import models

from communes.names import NameField


class Catalogue(models.Model):
    """A list the administrators keep; codes are stable for ever."""

    code = models.SlugField("mã", max_length=60, unique=True)
    name = NameField("tên", max_length=200)
    position = models.PositiveIntegerField("thứ tự", default=0)
    is_active = models.BooleanField("đang dùng", default=True)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name
