"""Writing many rows at once."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import Model


def bulk(model: type[Model], columns: Sequence[str], rows: list[tuple]) -> None:
    """Insert many rows: COPY on PostgreSQL, one prepared statement elsewhere."""
    table, names = model._meta.db_table, ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
