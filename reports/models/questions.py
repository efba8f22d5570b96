"""Questions asked of the totals that are kept under a name."""

from django.conf import settings
from django.db import models
from django.db.models import Q, UniqueConstraint

from communes.models import User
from communes.names import NameField


class SavedQuestionQuerySet(models.QuerySet):
    """Saved questions: one's own, and those colleagues of the same place share."""

    def visible_to(self, user: User) -> "SavedQuestionQuerySet":
        """Return what ``user`` may open."""
        place = Q(owner__commune=user.commune_id, owner__province=user.province_id)
        return self.filter(Q(owner=user) | (Q(shared=True) & place))


class SavedQuestion(models.Model):
    """A question of the explore page under a name: its address says the rest."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="questions")
    name = NameField("tên", max_length=100)
    query = models.CharField("lựa chọn", max_length=3000)
    shared = models.BooleanField("chia sẻ với đồng nghiệp cùng đơn vị", default=False)
    at = models.DateTimeField("lúc")

    objects = SavedQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = "câu hỏi đã lưu"
        verbose_name_plural = "câu hỏi đã lưu"
        ordering = ["name", "pk"]
        constraints = [
            UniqueConstraint(
                fields=["owner", "name"],
                name="one_question_a_name",
                violation_error_message="Bạn đã lưu một câu hỏi mang tên này.",
            )
        ]

    def __str__(self) -> str:
        return self.name
