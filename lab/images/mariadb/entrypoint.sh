#!/bin/bash
# Makes the system tables, a database and its user at the first start, then becomes the server.
set -euo pipefail

data=/var/lib/mysql
# The last thing that the first start makes; without it that start was cut short.
made="$data/.seatrial-lab"

# setting NAME: the variable, or what the file named by NAME_FILE holds.
setting() {
  local file="$1_FILE"
  if [ -n "${!file:-}" ]; then cat "${!file}"; else printf '%s' "${!1:-}"; fi
}

# As SQL takes it.
quoted() { printf "'%s'" "$(printf '%s' "$1" | sed "s/[\\\\']/\\\\&/g")"; }

mkdir -p "$data" /run/mysqld
find "$data" /run/mysqld ! -user mysql -exec chown mysql: {} +

if [ ! -e "$made" ]; then
  database=$(setting MARIADB_DATABASE)
  user=$(setting MARIADB_USER)
  find "$data" -mindepth 1 -delete
  mariadb-install-db --user=mysql --datadir="$data" --skip-test-db \
    --auth-root-authentication-method=normal >/dev/null
  {
    echo 'FLUSH PRIVILEGES;'
    echo "SET PASSWORD FOR root@localhost = PASSWORD($(quoted "$(setting MARIADB_ROOT_PASSWORD)"));"
    echo "CREATE DATABASE \`$database\`;"
    echo "CREATE USER '$user'@'%' IDENTIFIED BY $(quoted "$(setting MARIADB_PASSWORD)");"
    echo "GRANT ALL ON \`$database\`.* TO '$user'@'%';"
  } | mariadbd --bootstrap --user=mysql --datadir="$data" --skip-networking
  touch "$made"
fi

exec "$@" --user=mysql --datadir="$data" --socket=/run/mysqld/mysqld.sock --bind-address=0.0.0.0
