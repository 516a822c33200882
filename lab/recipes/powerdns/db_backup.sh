#!/bin/bash
set -euo pipefail

dump=/dumps/dns.sql
export MYSQL_PWD
MYSQL_PWD=$(cat "$MARIADB_PASSWORD_FILE")

case "${1:-}" in
  save)
    mariadb-dump --user="$MARIADB_USER" --single-transaction "$MARIADB_DATABASE" >"$dump.new"
    test -s "$dump.new"
    mv "$dump.new" "$dump"
    ;;
  load)
    mariadb --user="$MARIADB_USER" "$MARIADB_DATABASE" <"$dump"
    ;;
  *)
    echo "usage: $0 save|load" >&2
    exit 64
    ;;
esac
