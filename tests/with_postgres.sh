#!/bin/sh
# Run a command with DATABASE_URL at a throw-away PostgreSQL server:
#   sh tests/with_postgres.sh .venv/bin/python -m pytest
# Where DATABASE_URL names a PostgreSQL server already, that one is used.
set -eu

[ $# -gt 0 ] || {
  echo "usage: sh tests/with_postgres.sh COMMAND [ARGUMENT]..." >&2
  exit 2
}

case "${DATABASE_URL:-}" in
  postgres://* | postgresql://* | pgsql://*) exec "$@" ;;
esac

sh "$(dirname "$0")/install.sh" postgresql
# Autovacuum sees none of what a test writes, for a test never commits: it would note the tables down as empty, and a
# query over a hundred thousand figures would be planned for one row and run for hours.
exec pg_virtualenv -o autovacuum=off sh -c '
  DATABASE_URL="postgres://$PGUSER:$PGPASSWORD@$PGHOST:$PGPORT/postgres"
  export DATABASE_URL
  exec "$@"
' with_postgres "$@"
