#!/usr/bin/env bash
# The same operations as fast as a script can have them done: the health check is asked every
# second, containers are removed by force, what does not depend on each other goes side by
# side, and nothing is checked but that the page is back in the end. A floor, not an advice.
set -euo pipefail
# shellcheck source=bench/scripts/common.sh
. "$(dirname "$0")/common.sh"

# healthy STACK [BUT]: a healthy container other than the one given.
healthy() {
  containers "$1" --filter health=healthy | grep -qv "${2:-none}"
}

# remove STACK: with its data; Swarm need not be done with it.
remove() {
  docker stack rm "$1" >/dev/null
  wait_until removed_by_force "$1"
}

removed_by_force() {
  docker ps -aq --filter "label=com.docker.stack.namespace=$1" | xargs -r docker rm -fv
  docker volume rm "$1_content"
} >/dev/null 2>&1

# Gone only when Swarm has let go of the last endpoint.
remove_network() {
  wait_until docker network rm "$1-net" >/dev/null 2>&1
}

# The same test as the recipe's, with the same patience.
paced() {
  printf 'version: "3.8"\nservices:\n  app:\n    healthcheck:\n      interval: 1s\n      retries: 400\n'
}

fresh_path() {
  local fresh=$NAME-fresh
  checkout "$HEAD" fresh
  paced >"$work/fresh/paced.yml"
  render fresh "$fresh" paced.yml >"$work/fresh.yml"
  make_network "$fresh"
  deploy fresh.yml "$fresh"
  wait_until healthy "$fresh"
  say 'installed; removal'
  remove "$fresh"
  remove_network "$fresh"
  say 'fresh install done'
}

make_repository() {
  docker volume create --label "$LABEL" "$NAME-backup" >/dev/null
  backup_tool init
}

live_path() {
  local live=$NAME-live old planted repository
  checkout "$RELEASE" release
  paced >"$work/release/paced.yml"
  render release "$live" paced.yml >"$work/release.yml"
  make_network "$live"
  deploy release.yml "$live"
  make_repository &
  repository=$!
  checkout "$HEAD" head
  paced >"$work/head/paced.yml"
  render head "$live" paced.yml >"$work/head.yml"
  wait_until healthy "$live"
  planted=$(seed "$live")
  old=$(containers "$live")
  say 'seeded; upgrade'
  deploy head.yml "$live"
  wait_until healthy "$live" "$old"
  say 'upgraded; backup'
  wait "$repository"
  DATA=$NAME-live_content:/data:ro backup_tool backup /data
  wait_until update_complete "$live"
  say 'update complete; loss of everything'
  remove "$live"
  deploy head.yml "$live"
  wait_until healthy "$live"
  say 'healthy again; restore'
  DATA=$NAME-live_content:/data backup_tool restore latest --target /
  [ "$(digest "$live")" = "$planted" ]
  say 'restored; removal'
  remove "$live"
  remove_network "$live"
  say 'upgrade, backup and restore done'
}

fresh_path &
first=$!
live_path &
second=$!
wait "$first"
wait "$second"
docker volume rm "$NAME-backup" >/dev/null
wait_until gone
finished=yes
say 'done'
