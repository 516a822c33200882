#!/usr/bin/env bash
# Tries a change of the recipe as a careful operator would by hand, one step after the other,
# with the recipe's own health check and `docker stack rm`: a fresh install; then the release
# of today, a page in it, the upgrade, a backup, the loss of everything, the restore.
set -euo pipefail
# shellcheck source=bench/scripts/common.sh
. "$(dirname "$0")/common.sh"

# Swarm counts a replica only when its health check has passed.
healthy() {
  [ "$(docker stack services --format '{{.Replicas}}' "$1")" = 1/1 ]
}

# The page of the app, asked for by its name on its network.
answers() {
  docker exec "$(containers "$1")" curl -fsS -o /dev/null "http://$1_app/"
}

# remove STACK: with its data, and waits until Swarm is done.
remove() {
  docker stack rm "$1" >/dev/null
  wait_until removed "$1"
  docker volume rm "$1_content" >/dev/null
}

removed() {
  local of="label=com.docker.stack.namespace=$1" left
  left=$(
    docker service ls -q --filter "$of"
    docker ps -aq --filter "$of"
    docker network ls -q --filter "$of"
  ) && [ -z "$left" ]
}

remove_network() {
  wait_until docker network rm "$1-net" >/dev/null 2>&1
}

checkout "$HEAD" head
checkout "$RELEASE" release

say 'fresh install of the change'
fresh=$NAME-fresh
render head "$fresh" >"$work/fresh.yml"
make_network "$fresh"
deploy fresh.yml "$fresh"
wait_until healthy "$fresh"
answers "$fresh"
say 'removal'
remove "$fresh"
remove_network "$fresh"

say "release $RELEASE"
live=$NAME-live
render release "$live" >"$work/release.yml"
render head "$live" >"$work/head.yml"
make_network "$live"
deploy release.yml "$live"
wait_until healthy "$live"
answers "$live"
planted=$(seed "$live")

say 'upgrade'
deploy head.yml "$live"
wait_until update_complete "$live"
wait_until healthy "$live"
answers "$live"
[ "$(digest "$live")" = "$planted" ]

say 'backup'
docker volume create --label "$LABEL" "$NAME-backup" >/dev/null
backup_tool init
DATA=$NAME-live_content:/data:ro backup_tool backup /data

say 'loss of everything'
remove "$live"
deploy head.yml "$live"
wait_until healthy "$live"
if docker exec "$(containers "$live")" test -e "$PAGES/seed.txt"; then
  say 'the page is still there'
  exit 1
fi

say 'restore'
DATA=$NAME-live_content:/data backup_tool restore latest --target /
[ "$(digest "$live")" = "$planted" ]
answers "$live"

say 'removal'
remove "$live"
remove_network "$live"
docker volume rm "$NAME-backup" >/dev/null
wait_until gone
finished=yes
say 'done'
