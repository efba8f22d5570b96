#!/bin/sh
# The work of antq-tell@.service, which starts where another unit of ours has failed: says so in the journal, as an error, and
# where antq.env names them to NOTIFY_COMMAND (on its standard input) and NOTIFY_MAIL, of each unit once an hour at the most.
#   sh tell.sh PYTHON UNIT
set -eu
python=$1 unit=$2 failed=0
said="ANTQ on $(uname -n): $unit has failed. journalctl -u $unit says why."
found="$STATE_DIRECTORY/found.$unit" told="$STATE_DIRECTORY/told.$unit"
[ ! -s "$found" ] || said="$said
$(cat "$found")"
printf '%s\n' "$said" | sed 's/^/<3>/' >&2
[ -z "$(find "$told" -mmin -60 2>/dev/null)" ] || exit 0
if [ -n "${NOTIFY_COMMAND:-}" ]; then printf '%s\n' "$said" | sh -c "$NOTIFY_COMMAND" || failed=1; fi
if [ -n "${NOTIFY_MAIL:-}" ]; then printf '%s\n' "$said" | "$python" manage.py send_notice || failed=1; fi
[ "$failed" -ne 0 ] || touch "$told"
exit "$failed"
