#!/bin/sh
# Creates the roles of `fleetize-etl migrate --with-roles`, each with a password, and the databases. PostgreSQL's image runs it when its
# volume is empty. To change a password later: docker compose exec postgres psql -U postgres -c '\password fleetize_loader'
set -eu
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv owner OWNER_PASSWORD
\getenv loader LOADER_PASSWORD
\getenv reader READER_PASSWORD
create role fleetize_owner login password :'owner';
create role fleetize_loader login password :'loader';
create role fleetize_reader login password :'reader';
create role fleetize_limited_reader nologin;
alter role fleetize_reader set default_transaction_read_only to on;
alter role fleetize_reader set statement_timeout to '60s';
alter role fleetize_reader set search_path to bi;
create database fleet owner fleetize_owner;
create database demo owner fleetize_owner;
SQL
