#!/bin/sh
# The work of antq-trail.service: what the audit trail has sealed goes to the log server TRAIL_SERVER. It is written into a file
# first, which goes once it was sent: a server that is away loses nothing, and gets it the next time.
set -eu
: "${TRAIL_SERVER:?}"
umask 077
waiting="$STATE_DIRECTORY/trail.waiting"
echo >>"$waiting" # an export that a full disk cut ended within a line
"$1" manage.py audit export >>"$waiting"
sync "$waiting"
# 8 KiB: the longest line has 2. By TCP and whole; logger's own limits are UDP and 1 KiB, and cut without a word.
logger --tcp --server "$TRAIL_SERVER" --port "${TRAIL_PORT:-514}" --rfc5424=notq --size 8KiB --tag antq-trail \
  --skip-empty --file "$waiting"
rm "$waiting"
