#!/bin/bash
set -euo pipefail

live=/data/mumble-server.sqlite
copy=/saved/mumble-server.sqlite

case "${1:-}" in
  save)
    sqlite3 "$live" ".backup '$copy.new'"
    mv "$copy.new" "$copy"
    ;;
  load)
    sqlite3 "$live" ".restore '$copy'"
    ;;
  *)
    echo "usage: $0 save|load" >&2
    exit 64
    ;;
esac
