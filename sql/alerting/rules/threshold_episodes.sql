create or replace function alerting.threshold_episodes(
  rule alerting.rule, streams int[], froms timestamptz[], states jsonb[], up_to timestamptz, until timestamptz)
returns table (
  stream_id int, started_at timestamptz, ended_at timestamptz, severity int, worst int, worst_value float8, value float8, seen_at timestamptz,
  state jsonb)
language plpgsql stable
-- Bounds that are known when a query is planned spare looking at every chunk.
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_variable
declare
  v_op text := rule.params ->> 'op';
  v_limits float8[] := alerting.level_limits(rule.params);
  v_clear float8 := (rule.params ->> 'clear')::float8;
  v_wait interval := coalesce((rule.params ->> 'for')::interval, '0');
  v_of text := coalesce(rule.params ->> 'of', 'value');
  v_bucket interval := (rule.params ->> 'bucket')::interval;
  -- The rank of the least severity that has a level: what it takes to begin, and what remains until it is clear.
  v_least int := (select pg_catalog.min(l.place) from pg_catalog.unnest(v_limits) with ordinality l (bound, place) where l.bound is not null);
  v_earliest timestamptz := (select pg_catalog.min(f) from pg_catalog.unnest(froms) f);
  v_row record;
  v_since timestamptz[];
  v_base timestamptz;
  v_over timestamptz;
  v_at timestamptz;
  v_reached int;
begin
  for v_row in
    select w.place, w.stream_id, w.from_ts, w.state, w.ts, w.value, w.level, w.is_first, w.is_last
    from (
      select c.place, c.stream_id, c.from_ts, c.state, x.ts, x.value, x.level,
        pg_catalog.row_number() over (partition by c.place order by x.ts) = 1 as is_first,
        pg_catalog.lead(c.place) over (order by c.place, x.ts) is distinct from c.place as is_last
      from (
        select u.place, u.stream_id, u.from_ts, u.state, m.position
        from unnest(streams, froms, states) with ordinality as u (stream_id, from_ts, state, place)
        join fleet.stream st on st.tenant_id = rule.tenant_id and st.stream_id = u.stream_id
        join fleet.metric m on m.tenant_id = st.tenant_id and m.profile_id = st.profile_id and m.name = rule.params ->> 'metric'
      ) c
      left join lateral (
        -- Only where the level changes does anything happen; and the newest value is what people are told.
        select y.ts, y.value, y.level
        from (
          select z.ts, z.value, z.level, pg_catalog.lag(z.level) over (order by z.ts) as before, pg_catalog.lead(z.ts) over (order by z.ts) as next
          from (
            select s.ts, s.value, alerting.level_of(s.value, v_op, v_limits, v_clear) as level
            from (
              select h.ts, h.values[c.position] as value
              from fleet.reading h
              where v_of = 'value' and h.tenant_id = rule.tenant_id and h.stream_id = c.stream_id and h.ts > c.from_ts
                and h.ts > v_earliest and h.ts <= up_to and h.values[c.position] is not null
              union all
              select b.ends_at,
                case v_of when 'mean' then pg_catalog.avg(b.value) when 'min' then pg_catalog.min(b.value) else pg_catalog.max(b.value) end
              from (
                select pg_catalog.date_bin(v_bucket, h.ts, '2000-01-01 00:00:00+00') + v_bucket as ends_at, h.values[c.position] as value
                from fleet.reading h
                where v_of <> 'value' and h.tenant_id = rule.tenant_id and h.stream_id = c.stream_id and h.ts >= c.from_ts
                  and h.ts >= v_earliest and h.ts < pg_catalog.date_bin(v_bucket, least(up_to, until), '2000-01-01 00:00:00+00')
                  and h.values[c.position] is not null
              ) b
              group by b.ends_at
            ) s
          ) z
        ) y
        where y.level is distinct from y.before or y.next is null
      ) x on true
    ) w
    -- Of nearly all streams there is nothing to say.
    where not (w.state is null and w.is_first and w.is_last and coalesce(w.level, 0) <= 0)
    order by w.place, w.ts
  loop
    if v_row.is_first then
      stream_id := v_row.stream_id;
      -- Null where nothing is known: since when each level has held.
      v_since := array[(v_row.state #>> '{since,0}')::timestamptz, (v_row.state #>> '{since,1}')::timestamptz,
        (v_row.state #>> '{since,2}')::timestamptz, (v_row.state #>> '{since,3}')::timestamptz];
      v_base := coalesce((v_row.state ->> 'base')::timestamptz, v_row.from_ts);
      v_over := (v_row.state ->> 'over')::timestamptz;
      seen_at := (v_row.state ->> 'seen')::timestamptz;
      value := (v_row.state ->> 'value')::float8;
      started_at := (v_row.state ->> 'started')::timestamptz;
      severity := (v_row.state ->> 'severity')::int;
      worst := (v_row.state ->> 'worst')::int;
      worst_value := (v_row.state ->> 'worst_value')::float8;
      ended_at := null;
      state := null;
    end if;

    -- First what time alone brings about until the reading comes, then the reading; after the last one, time again.
    for v_pass in 1 .. 3 loop
      continue when v_pass = 2 and v_row.ts is null or v_pass = 3 and not v_row.is_last;
      v_at := case v_pass when 1 then coalesce(v_row.ts - interval '1 microsecond', until) when 2 then v_row.ts else greatest(until, seen_at) end;
      if v_pass = 2 then
        value := v_row.value;
        seen_at := v_row.ts;
        if v_row.level <= 0 and (started_at is null or v_row.level = 0) then
          if started_at is not null then
            ended_at := v_row.ts;
            state := null;
            return next;
            v_over := ended_at;
            started_at := null;
            ended_at := null;
            severity := null;
            worst := null;
            worst_value := null;
          end if;
          v_since := array_fill(null::timestamptz, '{4}');
          v_base := v_row.ts;
        else
          for v_rank in v_least .. 4 loop
            if v_limits[v_rank] is not null then
              -- Neither clear nor at a level: the least one holds.
              v_since[v_rank] := case when v_rank <= greatest(v_row.level, v_least) then coalesce(v_since[v_rank], v_row.ts) end;
            end if;
          end loop;
        end if;
      end if;
      continue when v_since[v_least] is null;
      v_reached := case
        when v_since[4] + v_wait <= v_at then 4
        when v_since[3] + v_wait <= v_at then 3
        when v_since[2] + v_wait <= v_at then 2
        when v_since[1] + v_wait <= v_at then 1
      end;
      if v_reached is not null then
        started_at := coalesce(started_at, v_since[v_least] + v_wait);
        severity := v_reached;
        if worst is null or v_reached > worst then
          worst := v_reached;
          worst_value := value;
        end if;
      end if;
    end loop;

    if v_row.is_last and (v_since[v_least] is not null or v_over is not null) then
      state := pg_catalog.jsonb_build_object('since', pg_catalog.to_jsonb(v_since), 'base', v_base, 'over', v_over, 'seen', seen_at, 'value', value,
        'started', started_at, 'severity', severity, 'worst', worst, 'worst_value', worst_value,
        -- When time alone brings the next level about.
        'due', (select pg_catalog.min(l.since) + v_wait from pg_catalog.unnest(v_since) l (since) where l.since + v_wait > until));
      return next;
    end if;
  end loop;
end
$$;
comment on function alerting.threshold_episodes(alerting.rule, int[], timestamptz[], jsonb[], timestamptz, timestamptz) is
'What a rule about a threshold finds in the readings of streams, each after its from (buckets: from it on) and up to up_to, as it stands at until, going on from its state, null for none. A level has held since the first of an unbroken row of readings (or buckets, at their end) that breach it; an episode begins when the least level has held for the rule''s "for", which time alone can bring about, has the highest severity whose level has held so long, and ends with the first reading on the good side of "clear". One row for each episode that ended, and one for each stream whose last readings breach, or did before: started_at is null while it waits or is over, state is to be handed in when more has arrived. severity and worst are ranks, value is the newest and worst_value that at which it became as severe as it got. The same for all readings at once as for some at a time.';
