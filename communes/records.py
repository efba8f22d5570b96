"""The history of a table, which can be written for many rows at once."""

from collections.abc import Sequence
from typing import Any

from simple_history.models import HistoricalRecords

BATCH = 500
TOLD = "_deletion_is_told"


class Records(HistoricalRecords):
    """The history of a table; rows that are deleted together are told of together (:func:`tell_of_deletion`)."""

    def post_delete(self, instance: Any, using: str | None = None, **kwargs: Any) -> None:
        """Write that a row was deleted, unless that is written already: one by one it takes a millisecond a row."""
        if not hasattr(instance, TOLD):
            super().post_delete(instance, using, **kwargs)


def tell_of_deletion(rows: Sequence[Any], *, by: Any, at: Any, reason: str) -> None:
    """Write that these rows of one model are deleted, before they are."""
    record = type(rows[0]).history.model
    columns = [field.attname for field in record.tracked_fields]
    record._default_manager.bulk_create(
        [
            record(
                history_date=at,
                history_user=by,
                history_change_reason=reason,
                history_type="-",
                **{column: getattr(row, column) for column in columns},
            )
            for row in rows
        ],
        batch_size=BATCH,
    )
    for row in rows:
        setattr(row, TOLD, True)
