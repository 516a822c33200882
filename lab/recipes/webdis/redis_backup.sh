#!/bin/bash
set -euo pipefail

export REDISCLI_AUTH
REDISCLI_AUTH=$(cat /run/secrets/redis_pw)

# redis-cli prints an error and ends well all the same.
said() { test "$(redis-cli "$@")" = OK; }

case "${1:-}" in
  save) said SAVE ;;
  load) said DEBUG RELOAD NOSAVE ;;
  *)
    echo "usage: $0 save|load" >&2
    exit 64
    ;;
esac
