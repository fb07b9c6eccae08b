create or replace function ops.archive_damage(path text, sha256 text) returns text
language plpgsql
as $$
declare
  v_found text;
begin
  select h.sha256 into v_found from vigil_platform.archive_hash(archive_damage.path) h;
  return case when v_found <> archive_damage.sha256 then 'its content is not what was written' end;
exception when others then
  return sqlerrm;
end
$$;
comment on function ops.archive_damage(text, text) is
'Reads an archive file whole and says what is wrong with it: that it does not have the SHA-256, or why it cannot be read. Null when it is sound.';
