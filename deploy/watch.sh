#!/bin/sh
# The work of antq-watch.service, every five minutes: does the site answer as its users reach it, does its certificate last,
# is there a backup of the last night, is there room. What it finds is told by antq-tell@.service.
set -eu
name=${ALLOWED_HOSTS%%,*}
at=${WATCH_AT:-$name:443}
patience=${WATCH_PATIENCE:-30}
found="$STATE_DIRECTORY/found.antq-watch.service"
: >"$found"
finds() { echo "$1" >>"$found"; }

if ! said=$(curl --silent --show-error --fail --max-time "$patience" --connect-to "::$at" "https://$name/readyz" 2>&1); then
  finds "https://$name/readyz: $(printf '%s\n' "$said" | head -n 1)"
fi
timeout "$patience" openssl s_client -connect "$at" -servername "$name" </dev/null 2>/dev/null |
  openssl x509 -noout -checkend $((${WATCH_DAYS:-14} * 86400)) >/dev/null 2>&1 ||
  finds "the certificate of $name is not shown, or ends within ${WATCH_DAYS:-14} days"
whole="$(find "$STATE_DIRECTORY/backups" -name 'antq-*.zip*' ! -name '*.part' -size +0 -mmin -1560 2>/dev/null || true)"
[ "${WATCH_BACKUPS:-1}" = 0 ] || [ -n "$whole" ] ||
  finds "no backup of the last 26 hours in $STATE_DIRECTORY/backups"
for folder in / /var/log /var/lib/postgresql "$STATE_DIRECTORY"; do
  [ -d "$folder" ] || continue
  used=$(df --output=pcent "$folder" | tail -n 1 | tr -dc 0-9)
  [ "$used" -lt "${WATCH_DISK:-90}" ] || finds "the disk of $folder is full to $used %"
done
cat "$found" >&2
[ ! -s "$found" ]
