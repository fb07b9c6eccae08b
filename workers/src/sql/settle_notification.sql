-- $1 notification id int8, $2 attempt int4, $3 outcome text, $4 http status int4 or null,
-- $5 detail text or null, $6 seconds of Retry-After float8 or null
select alerting.settle_notification($1, $2, $3, $4, $5, pg_catalog.make_interval(secs => $6)) as settled;
