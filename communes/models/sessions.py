"""Who is signed in where: the sessions of the server, each with its account, and their store (``SESSION_ENGINE``)."""

from datetime import UTC, datetime
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from communes.models.accounts import User
from communes.room import takes_no_writing


class OpenSession(AbstractBaseSession):
    """One session. What stands beside its data is what its owner is shown of it."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions", verbose_name="tài khoản")
    began_at = models.DateTimeField("đăng nhập lúc", null=True)
    seen_at = models.DateTimeField("dùng lần cuối", null=True)
    address = models.CharField("địa chỉ mạng", max_length=45, blank=True)
    browser = models.CharField("trình duyệt", max_length=60, blank=True)

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "phiên làm việc"
        verbose_name_plural = "phiên làm việc"

    @classmethod
    def get_session_store_class(cls) -> type["SessionStore"]:
        """The store that fills this table."""
        return SessionStore


class SessionStore(DatabaseStore):
    """Django's store; copies what the owner is shown from the data into columns, whenever a session is written."""

    can_wait = False
    """Whether what is noted may be lost where nothing can be written: a page that was only asked for is answered."""

    @classmethod
    def get_model_class(cls) -> type[OpenSession]:
        """The table."""
        return OpenSession

    def save(self, must_create: bool = False) -> None:
        """Write it down. Django takes whatever the database says against it for a session that was ended meanwhile."""
        try:
            super().save(must_create)
        except UpdateError as error:
            why = error.__context__
            if why is None or why.__cause__ is None:  # nothing but the row was missing
                raise
            if not (self.can_wait and takes_no_writing(why)):
                raise why from why.__cause__

    def create_model_instance(self, data: dict[str, Any]) -> OpenSession:
        """The row of a session."""
        row = cast(OpenSession, super().create_model_instance(data))
        row.user_id = data.get(SESSION_KEY)
        row.began_at, row.seen_at = _moment(data.get("began")), _moment(data.get("seen"))
        row.address, row.browser = data.get("address", ""), data.get("browser", "")
        return row


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
