-- $1 component text, $2 instance text, $3 version text, $4 detail json as text
select ops.heartbeat($1, $2, $3, $4::jsonb);
