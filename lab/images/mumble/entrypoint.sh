#!/bin/bash
# Sets the password of SuperUser, then becomes the server.
set -euo pipefail

settings=/etc/mumble-server.ini
if [ "$(id -u)" = 0 ]; then
  find /data ! -user mumble-server -exec chown mumble-server: {} +
  MUMBLE_SUPERUSER_PASSWORD=$(cat "${MUMBLE_SUPERUSER_PASSWORD_FILE:-/dev/null}")
  export MUMBLE_SUPERUSER_PASSWORD
  {
    echo 'database=/data/mumble-server.sqlite'
    echo 'port=64738'
    echo "welcometext=${MUMBLE_CONFIG_WELCOMETEXT:-}"
    echo "autobanAttempts=${MUMBLE_CONFIG_AUTOBANATTEMPTS:-10}"
    echo 'logfile='
  } >"$settings"
  exec setpriv --reuid=mumble-server --regid=mumble-server --init-groups bash "$0" "$@"
fi

if [ -n "$MUMBLE_SUPERUSER_PASSWORD" ]; then
  printf '%s' "$MUMBLE_SUPERUSER_PASSWORD" | murmurd -ini "$settings" -readsupw >/dev/null 2>&1
fi
unset MUMBLE_SUPERUSER_PASSWORD
exec "$@" -fg -ini "$settings"
