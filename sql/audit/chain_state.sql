create or replace function audit.chain_state(
  tenant int, out entries bigint, out first_sequence bigint, out last_sequence bigint, out cut_at timestamptz,
  out broken_sequence bigint, out entry_id bigint, out why text
)
language plpgsql stable
as $$
declare
  v_previous_hash text;
begin
  -- What retention has removed; that entry stands in the chain itself, after all that it speaks of.
  select (e.detail ->> 'first_sequence')::bigint, e.detail ->> 'previous_hash', e.at into first_sequence, v_previous_hash, cut_at
  from audit.entry e
  where e.tenant_id = chain_state.tenant and e.operation = 'cut' and e.sequence > (e.detail ->> 'first_sequence')::bigint
  order by e.sequence desc
  limit 1;
  first_sequence := coalesce(first_sequence, 1);
  select pg_catalog.count(*), pg_catalog.max(e.sequence) into entries, last_sequence
  from audit.entry e
  where e.tenant_id = chain_state.tenant and e.sequence >= first_sequence;

  select coalesce(p.missing, p.sequence), case when p.missing is null then p.entry_id end, p.why
  into broken_sequence, entry_id, why
  from (
    select n.sequence, n.entry_id,
      case when n.before is distinct from n.sequence and coalesce(n.before, first_sequence - 1) < n.sequence - 1
        then coalesce(n.before, first_sequence - 1) + 1 end as missing,
      case
        when n.before = n.sequence then 'the number is there twice'
        when coalesce(n.before, first_sequence - 1) < n.sequence - 1 then 'missing'
        when n.computed is distinct from n.hash then 'changed: its hash is not that of what it says'
        when n.before is null and pg_catalog.encode(n.previous_hash, 'hex') is distinct from v_previous_hash
          then 'the first does not follow from what was removed before it'
        -- The next entry is what it was and names the hash that this one had.
        when n.after = n.sequence + 1 and n.after_is_sound and n.after_previous_hash is distinct from n.hash
          then 'rewritten: the next entry names another hash'
      end as why
    from (
      select c.sequence, c.entry_id, c.previous_hash, c.hash, c.computed,
        pg_catalog.lag(c.sequence) over w as before, pg_catalog.lead(c.sequence) over w as after,
        pg_catalog.lead(c.previous_hash) over w as after_previous_hash, pg_catalog.lead(c.hash is not distinct from c.computed) over w as after_is_sound
      from (
        select e.sequence, e.entry_id, e.previous_hash, e.hash, audit.entry_hash(e) as computed
        from audit.entry e
        where e.tenant_id = chain_state.tenant and e.sequence >= first_sequence
        -- Each hash is computed once, not wherever it is compared.
        offset 0
      ) c
      window w as (order by c.sequence)
    ) n
  ) p
  where p.why is not null
  order by p.sequence
  limit 1;
  if found then
    return;
  end if;

  select e.entry_id, 'not chained after more than a minute' into entry_id, why
  from audit.entry e
  where e.tenant_id = chain_state.tenant and e.sequence is null and e.at < pg_catalog.clock_timestamp() - interval '1 minute'
  order by e.entry_id
  limit 1;
end
$$;
comment on function audit.chain_state(int) is
'Recomputes a tenant''s chain: how many entries from which number to which, when retention last removed some, and where it first breaks (why null: nowhere): an entry that is missing, there twice, changed, rewritten together with its hash, or left unchained.';
