#!/bin/bash
# Gives the server its data, then becomes what was asked for; only the server itself gives up root.
set -euo pipefail

case "$1" in
  redis-server | -*)
    [ "$1" = redis-server ] && shift
    find /data ! -user redis -exec chown redis: {} +
    exec setpriv --reuid=redis --regid=redis --init-groups \
      redis-server --protected-mode no --bind 0.0.0.0 --dir /data "$@"
    ;;
  *) exec "$@" ;;
esac
