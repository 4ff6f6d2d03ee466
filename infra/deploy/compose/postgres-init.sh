#!/bin/sh
# Run once, when the database is made: a user and a database each for bubble and for the registry.
set -eu
psql --set ON_ERROR_STOP=1 --set bubble="$BUBBLE_DB_PASSWORD" --set registry="$REGISTRY_DB_PASSWORD" \
  --username postgres --dbname postgres <<'SQL'
CREATE USER bubble PASSWORD :'bubble';
CREATE DATABASE bubble OWNER bubble;
CREATE USER registry PASSWORD :'registry';
CREATE DATABASE registry OWNER registry;
SQL
