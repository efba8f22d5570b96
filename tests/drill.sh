#!/bin/sh
# The drill of an operator: fill a database with the demonstration data, back it up, destroy it, restore it, verify it.
# On a SQLite file of its own; under sh tests/with_postgres.sh on that server:
#   sh tests/drill.sh PYTHON
set -eu

python=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/backups"
: "${DATABASE_URL:=sqlite:///$folder/drill.sqlite3}"
DEBUG=1
export DATABASE_URL DEBUG

manage() {
  echo "== manage.py $*"
  "$python" manage.py "$@"
}

manage migrate --verbosity 0
manage load_units
manage load_catalogues
manage seed_demo --once >"$folder/accounts"
manage check_integrity
manage backup "$folder/backups"
case "$DATABASE_URL" in
  sqlite*) rm "$folder/drill.sqlite3" ;;
  *) PGOPTIONS="-c client_min_messages=warning" psql --quiet --dbname "$DATABASE_URL" --command "DROP SCHEMA public CASCADE; CREATE SCHEMA public" ;;
esac
manage restore "$folder"/backups/antq-*.zip --verify
manage check_integrity
echo "the drill is done: what was destroyed stands there again"
