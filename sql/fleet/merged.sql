do $$
begin
  if to_regprocedure('fleet.merged(float8[])') is null then
    create aggregate fleet.merged(float8[]) (
      sfunc = vigil.merge_values,
      stype = float8[],
      parallel = safe
    );
  end if;
end $$;
comment on aggregate fleet.merged(float8[]) is
'Partial readings of one instant folded into one vector: each element is the last that is not null. Give it an order by.';
