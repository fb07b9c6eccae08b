create or replace function auth.scram_verifier(password text, salt bytea, iterations int default 4096) returns text
language plpgsql immutable
as $$
declare
  -- HMAC of one key: the key padded to a block of 64 bytes, each byte xor 0x36 inside and xor 0x5c outside (RFC 2104).
  v_key bytea := pg_catalog.convert_to(password, 'UTF8');
  v_inner bytea := ''::bytea;
  v_outer bytea := ''::bytea;
  v_round bytea;
  v_salted bit(256);
  v_client bytea;
  v_server bytea;
begin
  if pg_catalog.length(v_key) > 64 or password !~ '^[!-~]+$' then
    raise exception using
      errcode = '22023',
      message = 'the password is not 1 to 64 visible ASCII characters',
      hint = 'Longer ones would be hashed first, others normalised (RFC 4013); passwords are made here, not chosen.';
  end if;
  for i in 0 .. 63 loop
    v_inner := v_inner || pg_catalog.set_byte('\x00'::bytea, 0, case when i < pg_catalog.length(v_key) then pg_catalog.get_byte(v_key, i) else 0 end # 54);
    v_outer := v_outer || pg_catalog.set_byte('\x00'::bytea, 0, case when i < pg_catalog.length(v_key) then pg_catalog.get_byte(v_key, i) else 0 end # 92);
  end loop;
  -- PBKDF2 with one block (RFC 8018).
  v_round := pg_catalog.sha256(v_outer || pg_catalog.sha256(v_inner || salt || '\x00000001'::bytea));
  v_salted := ('x' || pg_catalog.encode(v_round, 'hex'))::bit(256);
  for i in 2 .. iterations loop
    v_round := pg_catalog.sha256(v_outer || pg_catalog.sha256(v_inner || v_round));
    v_salted := v_salted # ('x' || pg_catalog.encode(v_round, 'hex'))::bit(256);
  end loop;
  -- Two HMACs of the salted password, which is 32 bytes, so that the rest of the block is the pad alone.
  v_round := ''::bytea;
  for i in 0 .. 3 loop
    v_round := v_round || pg_catalog.int8send(pg_catalog.substring(v_salted, i * 64 + 1, 64)::bit(64)::bigint);
  end loop;
  v_inner := ''::bytea;
  v_outer := ''::bytea;
  for i in 0 .. 63 loop
    v_inner := v_inner || pg_catalog.set_byte('\x00'::bytea, 0, case when i < 32 then pg_catalog.get_byte(v_round, i) else 0 end # 54);
    v_outer := v_outer || pg_catalog.set_byte('\x00'::bytea, 0, case when i < 32 then pg_catalog.get_byte(v_round, i) else 0 end # 92);
  end loop;
  v_client := pg_catalog.sha256(v_outer || pg_catalog.sha256(v_inner || 'Client Key'::bytea));
  v_server := pg_catalog.sha256(v_outer || pg_catalog.sha256(v_inner || 'Server Key'::bytea));
  return pg_catalog.format('SCRAM-SHA-256$%s:%s$%s:%s', iterations, pg_catalog.encode(salt, 'base64'),
    pg_catalog.encode(pg_catalog.sha256(v_client), 'base64'), pg_catalog.encode(v_server, 'base64'));
end
$$;
comment on function auth.scram_verifier(text, bytea, int) is
'What Postgres keeps of a password for SCRAM-SHA-256 (RFC 5802), so that a statement that makes a role need not hold the password. For passwords of up to 64 visible ASCII characters; 22023 for others.';
