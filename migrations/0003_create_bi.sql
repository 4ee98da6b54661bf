-- The one place that a dashboard reads. Its views are no migrations: migrate makes them from sql/.
create schema bi;
comment on schema bi is
  'Documented views for dashboards and logbooks: the only schema that a reader needs. Made by fleetize-etl migrate; own views on top of them belong into another schema.';
