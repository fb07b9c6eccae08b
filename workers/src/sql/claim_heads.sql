-- $1 worker text, $2 number of heads int4, $3 lease in seconds float8
select tenant_id, head_id, attempt, pg_catalog.to_char(file_day, 'YYYY-MM-DD') as file_day, line
from audit.claim_heads($1, $2, pg_catalog.make_interval(secs => $3))
order by head_id;
