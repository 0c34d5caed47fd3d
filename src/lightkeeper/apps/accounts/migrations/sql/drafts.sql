-- What somebody had written when their session was found to have ended, or their proof to be old. The session's
-- token says whose it is, also when it opens nothing any more; what is kept cannot be read without the key, which
-- stands in that browser's cookie and nowhere else. One for each session: the latest.
create function sec.forget_drafts() returns void
language sql volatile security definer set search_path = pg_catalog, sec as $$
  delete from public.accounts_draft where kept_at < now() - interval '1 hour'
$$;

create function sec.keep_draft(named bytea, box bytea) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, sec as $$
declare whose bigint; ref text;
begin
  perform sec.forget_drafts();
  select s.person_id, s.reference into whose, ref from sec.session s
   where s.token_hash = sha256(convert_to(nullif(current_setting('app.session', true), ''), 'UTF8'));
  if whose is null then return false; end if;
  delete from public.accounts_draft d where d.session = ref;
  insert into public.accounts_draft (person_id, session, key_hash, sealed, kept_at)
    values (whose, ref, named, box, now());
  return true;
end $$;

grant select, insert, delete on public.accounts_draft to lk_guard;
grant usage on sequence public.accounts_draft_id_seq to lk_guard;
revoke all on function sec.forget_drafts(), sec.keep_draft(bytea, bytea) from public;
alter function sec.forget_drafts() owner to lk_guard;
alter function sec.keep_draft(bytea, bytea) owner to lk_guard;
grant execute on function sec.forget_drafts() to lk_door;
grant execute on function sec.keep_draft(bytea, bytea) to lk_web;
