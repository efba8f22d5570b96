"""Rows written by a statement of our own."""

from collections.abc import Sequence

from django.db import connection


def write_rows(statement: str, rows: Sequence[tuple]) -> None:
    """Execute a statement once for each row; for a single one without the round trips that many need."""
    if not rows:
        return
    with connection.cursor() as cursor:
        if len(rows) == 1:
            cursor.execute(statement, rows[0])
        else:
            cursor.executemany(statement, rows)
