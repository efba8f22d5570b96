"""The triggers that give a subject a new edition whenever one of its tables is changed, whoever changes it and how.

A signal or a method of ours is passed by with ``update()``, in bulk and on the console; the database is not
(docs/decisions/0042). They are put in place after every migration, since SQLite drops them with the table that a
migration builds anew.
"""

import secrets
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from communes.models.editions import Edition

SLOTS = 256
"""How many connections change a subject without waiting for each other; more share one now and then."""

NUMBERS = 2**52
"""A part of an edition is one of so many, drawn anew with every change; all slots together stay within an integer."""

FUNCTION = f"""
CREATE OR REPLACE FUNCTION antq_raise_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO communes_edition (subject, slot, number)
    VALUES (TG_ARGV[0], pg_backend_pid() % {SLOTS}, floor(random() * {NUMBERS})::bigint)
    ON CONFLICT (subject, slot) DO UPDATE SET number = EXCLUDED.number;
    RETURN NULL;
END $$
"""
DROP = 'DROP TRIGGER IF EXISTS "antq_edition_{subject}" ON "{table}"'
CREATE = (
    'CREATE TRIGGER "antq_edition_{subject}" AFTER {events} OR TRUNCATE ON "{table}" '
    "FOR EACH STATEMENT EXECUTE FUNCTION antq_raise_edition('{subject}')"
)
DROP_ON_SQLITE = 'DROP TRIGGER IF EXISTS "antq_edition_{subject}_{table}_{event}"'
CREATE_ON_SQLITE = (
    'CREATE TRIGGER "antq_edition_{subject}_{table}_{event}" AFTER {event} ON "{table}" BEGIN '
    "UPDATE communes_edition SET number = abs(random() % {numbers}) WHERE subject = '{subject}' AND slot = 0; END"
)


def watched() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Subject, table and what changes it, of all that the apps name in ``watched`` of their configuration."""
    for app in apps.get_app_configs():
        for watch in getattr(app, "watched", ()):
            for model in watch.models:
                yield watch.subject, app.get_model(model)._meta.db_table, watch.events


def install(using: str = "default", **_: Any) -> None:
    """Put the triggers in place, and give every subject a new edition: what was changed before is not known."""
    connection = connections[using]
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
    if Edition._meta.db_table not in there:
        return
    with transaction.atomic(using):
        tables = [(subject, table, events) for subject, table, events in watched() if table in there]
        with connection.cursor() as cursor:
            for statement in _statements(connection, tables):
                cursor.execute(statement)
        for subject in {subject for subject, _, _ in tables}:
            edition, _new = Edition.objects.using(using).get_or_create(subject=subject, slot=0)
            edition.number = secrets.randbelow(NUMBERS)
            edition.save(using=using)


def _statements(connection: BaseDatabaseWrapper, tables: list[tuple[str, str, tuple[str, ...]]]) -> Iterator[str]:
    if connection.vendor == "sqlite":
        for subject, table, events in tables:
            for event in events:
                yield DROP_ON_SQLITE.format(subject=subject, table=table, event=event)
                yield CREATE_ON_SQLITE.format(subject=subject, table=table, event=event, numbers=NUMBERS)
        return
    yield FUNCTION
    for subject, table, events in tables:
        yield DROP.format(subject=subject, table=table)
        yield CREATE.format(subject=subject, table=table, events=" OR ".join(events))
