#!/bin/bash
# Waits for the database, gives it the tables that it lacks, then becomes the server.
set -euo pipefail

# value KEY: what the server's own configuration says.
value() { sed -n "s/^gmysql-$1=//p" /etc/powerdns/pdns.conf; }

database=$(value dbname)
export MYSQL_PWD
MYSQL_PWD=$(value password)
sql() { mariadb --host="$(value host)" --user="$(value user)" "$database" "$@"; }

for _ in $(seq 120); do
  if sql -e 'SELECT 1' >/dev/null 2>&1; then break; fi
  sleep 0.5
done
if [ -z "$(sql -e "SHOW TABLES LIKE 'domains'")" ]; then
  echo "making the tables in $database"
  sql </usr/share/pdns-backend-mysql/schema/schema.mysql.sql
fi
unset MYSQL_PWD
exec "$@"
