"""Every row of the database before and after something, for tests of what changes nothing."""

from django.apps import apps
from django.db import connection

from communes.models import TrailEntry
from communes.models.sessions import OpenSession


def state():
    """Every row there is, but what tells of requests themselves."""
    telling = {TrailEntry._meta.db_table, OpenSession._meta.db_table}
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if (table := model._meta.db_table) not in telling:
                cursor.execute(f'SELECT * FROM "{table}"')
                found[table] = sorted(map(str, cursor.fetchall()))
    return found


def changed(before):
    after = state()
    return {table: set(rows) ^ set(after[table]) for table, rows in before.items() if rows != after[table]}
