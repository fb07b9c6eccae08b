-- $1 notification ids int8[], $2 attempts int4[], $3 outcomes text[], $4 http statuses int4[], $5 details text[],
-- $6 seconds of Retry-After float8[]; the last three with nulls
select settled from alerting.settle_notifications($1, $2, $3, $4, $5, $6);
