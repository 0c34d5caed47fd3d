-- As before; and a session that was last seen in time to come, because the clock has gone back since,
-- is open to nobody: it would otherwise last longer than it may by as much as the clock went back.
create or replace function sec.me() returns bigint
language plpgsql stable security definer set search_path = pg_catalog, sec as $$
declare given text[];
begin
  if session_user = 'lk_worker' then
    given := string_to_array(nullif(current_setting('app.errand', true), ''), ':');
    return (select e.person_id from public.accounts_errand e
     where e.id = given[1]::bigint
       and (given[2] is null or given[2]::int = e.attempts)
       and e.finished_at is null);
  end if;
  return (select s.person_id from sec.session s
     where s.token_hash = sha256(convert_to(nullif(current_setting('app.session', true), ''), 'UTF8'))
       and s.expires_at > now() and s.seen_at + s.idle > now()
       and s.seen_at < now() + interval '1 minute' and s.purpose <> '');
end $$;
