-- $1 tenant ids int4[], $2 head ids int8[], $3 attempts int4[]
select audit.settle_heads($1, $2, $3) as settled;
