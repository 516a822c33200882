#!/bin/bash
# Makes the cluster, its first user and a database at the first start, then becomes the server.
set -euo pipefail

# The last thing that the first start makes; without it that start was cut short.
made="$PGDATA/.seatrial-lab"

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA"
  chmod 700 "$PGDATA"
  find "$PGDATA" ! -user postgres -exec chown postgres {} +
  mkdir -p /run/postgresql && chown postgres /run/postgresql
  # Secrets are read as root, since a file may be for root alone.
  if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then
    POSTGRES_PASSWORD=$(<"$POSTGRES_PASSWORD_FILE")
    export POSTGRES_PASSWORD
  fi
  exec setpriv --reuid=postgres --regid=postgres --init-groups bash "$0" "$@"
fi

if [ ! -e "$made" ]; then
  user=${POSTGRES_USER:-postgres}
  database=${POSTGRES_DB:-$user}
  find "$PGDATA" -mindepth 1 -delete
  initdb --username="$user" --pwfile=<(echo "${POSTGRES_PASSWORD:?give the first user a password}") \
    --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 >/dev/null
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  [ "$database" = postgres ] || echo "CREATE DATABASE \"$database\"" | postgres --single -j postgres >/dev/null
  touch "$made"
fi

unset POSTGRES_PASSWORD
exec "$@" -c listen_addresses='*' -c jit=off
