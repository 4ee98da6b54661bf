-- Readers that may see some accounts only. They read the views of schema bi_limited, which migrate makes beside those of bi: the same
-- rows, but of the accounts that are granted here. Who was granted nothing sees nothing.
create table etl.reader_account (
  reader  text not null,
  account text not null references warehouse.account (name) on update cascade on delete cascade,
  primary key (reader, account)
);
comment on table etl.reader_account is
  'One row a database role and account whose data the role, and who is a member of it, may see in schema bi_limited. Schema bi is not concerned: who may read that sees all. Source: written by a person.';
comment on column etl.reader_account.reader is 'Name of the role in PostgreSQL.';
comment on column etl.reader_account.account is 'Name of the account as configured, as in warehouse.account.';

create schema bi_limited;
comment on schema bi_limited is
  'The views of schema bi for readers who may see some accounts only: those granted to them in etl.reader_account. Made by fleetize-etl migrate.';
