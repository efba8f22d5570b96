#!/bin/sh
# Install what some tests need from Debian, if it is missing:
#   sh tests/install.sh chromium      a browser with fonts, for make e2e
#   sh tests/install.sh nodejs        a runner for the scripts' own tests, for make test-js
#   sh tests/install.sh npm           what fetches Lighthouse, for make lighthouse
#   sh tests/install.sh postgresql    a server to start and throw away, for make test-postgres
#   sh tests/install.sh machine       what deploy/ is written for, for tests/machine
set -eu

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

install_packages() {
  command -v apt-get >/dev/null || {
    echo "Install these with the package manager of this system: $*" >&2
    exit 1
  }
  as_root apt-get update --quiet
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install --quiet --yes --no-install-recommends "$@"
}

has_postgresql() {
  command -v pg_virtualenv >/dev/null || return 1
  for initdb in /usr/lib/postgresql/*/bin/initdb; do
    [ -x "$initdb" ] && return 0
  done
  return 1
}

case "${1:-}" in
  chromium) [ -x /usr/bin/chromium ] || install_packages chromium fonts-dejavu-core ;;
  nodejs) command -v node >/dev/null || install_packages nodejs ;;
  npm) command -v npm >/dev/null || install_packages nodejs npm ;;
  postgresql) has_postgresql || install_packages postgresql postgresql-common ;;
  machine)
    for tool in /usr/sbin/nginx /usr/sbin/logrotate /usr/bin/age /usr/bin/curl /usr/bin/gpg /usr/bin/rsync; do
      [ -x "$tool" ] || { install_packages nginx-light logrotate age openssl curl gnupg rsync; break; }
    done
    ;;
  *)
    echo "usage: sh tests/install.sh chromium|nodejs|npm|postgresql|machine" >&2
    exit 2
    ;;
esac
