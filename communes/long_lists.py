"""``__in`` with lists of any length.

A statement of SQLite takes 32,766 parameters, 999 in older libraries, or as few as it was built for; acts on a
province, undoing them and imports name more rows than that. A long list goes as one parameter, written as JSON.
PostgreSQL gets the values within the statement and has no such limit.
"""

import json
from typing import Any

from django.db import connection
from django.db.models import Field
from django.db.models.fields.related import ForeignObject
from django.db.models.fields.related_lookups import RelatedIn
from django.db.models.lookups import In

MANY = 100
"""Below the 500 of which Django makes several lists in one statement where rows refer to what is deleted."""


def rows_to_a_statement(columns: int, most: int = 500) -> int:
    """How many rows are updated by one statement, which names key and value of each column of each row.

    Django reckons with half of them.
    """
    limit = connection.features.max_query_params
    return min(most, limit // (2 * columns + 1)) if limit else most


class _Long:
    """The right side of ``IN``: its values, or a table made of one parameter where they are many."""

    def process_rhs(self, compiler: Any, connection: Any) -> Any:
        """Return the right side and its parameters."""
        sql, params = super().process_rhs(compiler, connection)  # type: ignore[misc]
        plain = all(type(one) in (int, str) for one in params)
        if connection.vendor == "sqlite" and len(params) > MANY and plain and not set(sql) - set("(%s, )"):
            return "(SELECT value FROM json_each(%s))", [json.dumps(list(params))]
        return sql, params


class LongIn(_Long, In):
    """``IN`` of a plain column."""


class LongRelatedIn(_Long, RelatedIn):
    """``IN`` of a reference."""


def install() -> None:
    """Let every query of every field use them."""
    Field.register_lookup(LongIn)
    ForeignObject.register_lookup(LongRelatedIn)
