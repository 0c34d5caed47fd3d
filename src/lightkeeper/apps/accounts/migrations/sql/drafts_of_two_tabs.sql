-- As before, but two tabs of one session may find it ended at the same moment: the later one stands, and neither fails.
create or replace function sec.keep_draft(named bytea, box bytea) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, sec as $$
declare whose bigint; ref text;
begin
  perform sec.forget_drafts();
  select s.person_id, s.reference into whose, ref from sec.session s
   where s.token_hash = sha256(convert_to(nullif(current_setting('app.session', true), ''), 'UTF8'));
  if whose is null then return false; end if;
  insert into public.accounts_draft as d (person_id, session, key_hash, sealed, kept_at)
    values (whose, ref, named, box, now())
    on conflict (session) do update set person_id = excluded.person_id, key_hash = excluded.key_hash,
      sealed = excluded.sealed, kept_at = excluded.kept_at;
  return true;
end $$;
grant update on public.accounts_draft to lk_guard;
alter function sec.keep_draft(bytea, bytea) owner to lk_guard;
