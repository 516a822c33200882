# shellcheck shell=bash
# What both scripts need: parameters, rendering, waiting, and cleaning up after a failure.
#
#   SOURCE   git repository of the recipe
#   RELEASE  tag of the release that operators run today
#   HEAD     branch, tag or commit of the change
#   TOOLS    image with restic
: "${SOURCE:?}" "${RELEASE:?}" "${HEAD:?}" "${TOOLS:?}"
# Every object has this name and something after it; nothing else is touched.
NAME=${NAME:-bench-$$}
LABEL=seatrial.bench=$NAME
# Seconds that a wait may take: the recipe's own TIMEOUT, and some for Swarm.
PATIENCE=${PATIENCE:-330}
PAGES=/usr/share/nginx/html
export RESTIC_PASSWORD=$NAME RESTIC_REPOSITORY=/repository RESTIC_CACHE_DIR=/tmp/restic

work=$(mktemp -d)
began=${EPOCHREALTIME/[.,]/}
finished=''
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Clients from 26 on can wait by themselves, and one day will unless told not to.
detach=()
case $(docker stack deploy --help) in *--detach*) detach=(--detach=true) ;; esac

say() {
  local now=${EPOCHREALTIME/[.,]/}
  printf '%5d ms  %s\n' $(((now - began) / 1000)) "$*" >&2
}

# After a success all is gone already, and only the checkouts are left. After a failure a
# command of an ended path may still be at work, so removal is repeated until nothing is seen.
clean_up() {
  local status=$?
  trap '' INT TERM HUP
  rm -rf "$work"
  [ -z "$finished" ] || exit "$status"
  say "ends with $status; cleaning up"
  set +e
  {
    jobs -p | xargs -r kill
    sleep 1
    local end=$((SECONDS + 60))
    until
      docker stack rm "$NAME-fresh" "$NAME-live"
      docker ps -aq --filter "name=^$NAME-" | xargs -r docker rm -fv
      docker volume ls -q --filter "name=^$NAME-" | xargs -r docker volume rm
      docker network ls -q --filter "label=$LABEL" | xargs -r docker network rm
      gone || ((SECONDS >= end))
    do sleep 0.2; done
  } >/dev/null 2>&1
  gone || say "something called $NAME-… is still there"
  exit "$status"
}

# Nothing of this script is left.
gone() {
  local names
  names=$(
    docker service ls --format '{{.Name}}' &&
      docker ps -a --format '{{.Names}}' &&
      docker volume ls --format '{{.Name}}' &&
      docker network ls --format '{{.Name}}'
  ) && ! grep -q "^$NAME-" <<<"$names"
}

# wait_until COMMAND...
wait_until() {
  local end=$((SECONDS + PATIENCE))
  until "$@"; do
    if ((SECONDS >= end)); then
      say "waited in vain: $*"
      return 1
    fi
    sleep 0.1
  done
}

# checkout REVISION DIRECTORY
checkout() {
  git clone --quiet --no-checkout "$SOURCE" "$work/$2"
  git -C "$work/$2" checkout --quiet "$1" --
}

# render DIRECTORY STACK [COMPOSE-FILE...] >STACK-FILE
#
# The app's .env is the sample with its own domain. Its network takes the place of the
# operator's proxy; where the kernel has no IPVS, virtual addresses would not answer. What
# `stack config` prints is read once more by `stack deploy`, so every dollar is doubled.
render() (
  cd "$work/$1" || exit
  sed "s/^DOMAIN=.*/DOMAIN=$2.example/" .env.sample >.env
  {
    printf 'version: "3.8"\nnetworks:\n  proxy:\n    external: true\n    name: %s-net\n' "$2"
    [ -e /proc/net/ip_vs ] || printf 'services:\n  app:\n    deploy:\n      endpoint_mode: dnsrr\n'
  } >here.yml
  export STACK_NAME=$2 EXTRA_DOMAINS=''
  set -a
  # shellcheck source=/dev/null
  . ./.env
  # shellcheck source=/dev/null
  . ./abra.sh
  set +a
  local files=()
  for file in compose.yml here.yml "${@:3}"; do files+=(--compose-file "$file"); done
  docker stack config "${files[@]}" | sed 's/\$/$$/g'
)

# deploy STACK-FILE STACK: hands the stack over, without waiting.
deploy() {
  docker stack deploy "${detach[@]}" --compose-file "$work/$1" "$2" >/dev/null
}

# make_network STACK
make_network() {
  docker network create --driver overlay --attachable --label "$LABEL" "$1-net" >/dev/null
}

# containers STACK [FILTER...]: ids of the app's running containers.
containers() {
  docker ps -q --filter "label=com.docker.swarm.service.name=$1_app" "${@:2}"
}

# update_complete STACK
update_complete() {
  local state
  state=$(docker service inspect --format '{{with .UpdateStatus}}{{.State}}{{end}}' "$1_app")
  case $state in
    completed) return 0 ;;
    paused | rollback*)
      say "the update of $1 is $state"
      exit 1
      ;;
    *) return 1 ;;
  esac
}

# seed STACK: puts a page into the volume of the app and prints its digest.
seed() {
  head -c 2048 /dev/urandom | base64 >"$work/seed.txt"
  docker cp --quiet "$work/seed.txt" "$(containers "$1"):$PAGES/seed.txt"
  sha256sum <"$work/seed.txt"
}

# digest STACK: that of the page as the app has it now.
digest() {
  docker exec "$(containers "$1")" sh -c "sha256sum <$PAGES/seed.txt"
}

# backup_tool ARGUMENT...: restic in a container of its own, and DATA beside the repository.
backup_tool() {
  docker run --rm --name "$NAME-restic" --label "$LABEL" --network none \
    --volume "$NAME-backup:/repository" ${DATA:+--volume "$DATA"} \
    --env RESTIC_PASSWORD --env RESTIC_REPOSITORY --env RESTIC_CACHE_DIR \
    --entrypoint restic "$TOOLS" --quiet "$@"
}
