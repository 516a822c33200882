#!/bin/bash
set -euo pipefail

dump=/dumps/reader.sql

case "${1:-}" in
  save)
    pg_dump --username="$POSTGRES_USER" --clean --if-exists "$POSTGRES_DB" >"$dump"
    ;;
  load)
    # Whoever is connected holds locks that the dump's own statements would wait for.
    psql --no-psqlrc --quiet --username="$POSTGRES_USER" --set=ON_ERROR_STOP=1 --output=/dev/null postgres \
      --command="SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$POSTGRES_DB'"
    psql --no-psqlrc --quiet --username="$POSTGRES_USER" --set=ON_ERROR_STOP=1 --output=/dev/null \
      --single-transaction --file="$dump" "$POSTGRES_DB"
    ;;
  *)
    echo "usage: $0 save|load" >&2
    exit 64
    ;;
esac
