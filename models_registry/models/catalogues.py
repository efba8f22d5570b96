"""What the catalogues of the register have in common."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from communes.names import NameField

ONE_PLACE = "Chọn khu dân cư hoặc cơ quan, trường học, không chọn cả hai."


class CatalogueRow(models.Model):
    """A list the administrators keep; codes are stable for ever.

    What is counted by a row stays what it was: the columns in :attr:`FIXED` do not change once
    :meth:`is_counted`; the way on is to end the row and to make another.
    """

    FIXED: ClassVar[tuple[str, ...]] = ()
    COUNTED: ClassVar = (
        "Đã có số liệu theo mục này nên “{field}” không đổi được nữa: số liệu cũ sẽ mang nghĩa khác. {way}"
    )
    WAY_ON: ClassVar = "Hãy thôi dùng mục này và lập mục mới."

    code = models.SlugField("mã", max_length=60, unique=True)
    name = NameField("tên", max_length=200)
    position = models.PositiveIntegerField("thứ tự", default=0)
    is_active = models.BooleanField("đang dùng", default=True)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row; raises ``ValidationError`` by field where something that is fixed would change."""
        self._keep_fixed()
        super().save(*args, **kwargs)

    def is_counted(self) -> bool:
        """Whether something is counted by this row."""
        return False

    def clean(self) -> None:
        """Refuse to change what is fixed."""
        super().clean()
        self._keep_fixed()

    def _keep_fixed(self) -> None:
        stored = type(self)._default_manager.filter(pk=self.pk).values(*self.FIXED).first() if self.FIXED else None
        now = {field.name: field.value_from_object(self) for field in self._meta.fields}  # of a link, its key
        changed = [name for name in self.FIXED if stored and stored[name] != now[name]]
        if changed and self.is_counted():
            raise ValidationError({name: self.why_fixed(name) for name in changed})

    def why_fixed(self, name: str) -> str:
        """Say why a column does not change any more, and the way on."""
        names = {field.name: field.verbose_name for field in self._meta.fields}
        return self.COUNTED.format(field=names[name], way=self.WAY_ON)
