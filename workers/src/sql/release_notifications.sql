-- $1 owner text
select alerting.release_notifications($1) as released;
