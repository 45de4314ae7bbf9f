-- What a person would run so that a waiting table goes on, and the column it concerns.
alter table rowbridge.schema_drift add column if not exists statement text;
alter table rowbridge.schema_drift add column if not exists column_name text;
