-- When whoever holds a session last proved who they are; how many sessions they have, and which; and
-- whether their password was given to them, which the database says and no cookie.

-- Null for the sessions that are open now: they prove it again.
alter table sec.session add column proved_at timestamptz;
alter table sec.session alter column proved_at set default now();
grant select (person_id, must_change) on public.accounts_credential to lk_guard;

-- The door: it has just checked a password, and a code where one is needed.
create function sec.prove(for_person bigint, ref text) returns void
language sql security definer set search_path = pg_catalog, sec as $$
  update sec.session set proved_at = now() where person_id = for_person and reference = ref
$$;

-- At most five of a person, of the site and of programs together: the oldest ends. Those of commands
-- end with their command.
create or replace function sec.open_session(for_person bigint, hash bytea, ref text, session_kind text,
                                            session_purpose text, idle_for interval, lasts interval)
returns void language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  insert into sec.session (token_hash, reference, person_id, kind, purpose, idle, expires_at)
    values (hash, ref, for_person, session_kind, session_purpose, idle_for, now() + lasts);
  delete from sec.session where expires_at < now() - interval '1 day';
  delete from sec.session s where s.token_hash in (
    select o.token_hash from sec.session o
     where o.person_id = for_person and o.kind <> 'command' and session_kind <> 'command'
       and o.expires_at > now() and o.seen_at + o.idle > now()
     order by o.token_hash = hash desc, o.opened_at desc, o.reference desc offset 5);
  perform sec.make_context(for_person);
end $$;

create function sec.my_sessions() returns table (
  reference text, kind text, opened_at timestamptz, seen_at timestamptz, current boolean)
language sql stable security definer set search_path = pg_catalog, sec as $$
  select s.reference, s.kind, s.opened_at, s.seen_at,
         s.token_hash = sha256(convert_to(nullif(current_setting('app.session', true), ''), 'UTF8'))
    from sec.session s
   where s.person_id = sec.me() and s.expires_at > now() and s.seen_at + s.idle > now()
   order by s.opened_at desc, s.reference
$$;

create function sec.close_my_session(ref text) returns boolean
language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  delete from sec.session where person_id = sec.me() and reference = ref;
  return found;
end $$;

-- As before, and when this was last proved and whether the password is to be changed first.
drop function sec.whoami();
create function sec.whoami() returns table (
  person_id bigint, agency_id bigint, level smallint, compartments bigint[], audiences bigint[],
  purpose text, session_reference text, session_kind text, proved_at timestamptz,
  must_change boolean)
language plpgsql security definer set search_path = pg_catalog, sec as $$
#variable_conflict use_column
declare who bigint := sec.me();
begin
  if who is null then return; end if;
  -- A long request holds the row until it ends; the next one of the same person does not wait for it.
  update sec.session set seen_at = now() where token_hash = (
    select s.token_hash from sec.session s
     where s.token_hash = sha256(convert_to(nullif(current_setting('app.session', true), ''), 'UTF8'))
       and s.seen_at < now() - interval '1 minute' for update skip locked);
  if not exists (select 1 from sec.context c where c.person_id = who and c.valid_until > current_date) then
    perform sec.make_context(who);
  end if;
  return query
    select c.person_id, c.agency_id, c.level, c.compartments, c.audiences,
           coalesce(s.purpose, 'errand'), coalesce(s.reference, 'errand'), coalesce(s.kind, 'errand'),
           s.proved_at,
           exists (select 1 from public.accounts_credential k
                    where k.person_id = who and k.must_change)
      from sec.context c left join sec.session s
        on s.token_hash = sha256(convert_to(nullif(current_setting('app.session', true), ''), 'UTF8'))
     where c.person_id = who and c.live;
end $$;

do $$ declare f regprocedure; begin
  foreach f in array array['sec.prove(bigint, text)', 'sec.my_sessions()',
    'sec.close_my_session(text)', 'sec.whoami()']::regprocedure[] loop
    execute format('revoke all on function %s from public', f);
    execute format('alter function %s owner to lk_guard', f);
  end loop;
end $$;
grant execute on function sec.whoami() to lk_web, lk_worker, lk_door, lk_linker;
grant execute on function sec.prove(bigint, text) to lk_door;
grant execute on function sec.my_sessions(), sec.close_my_session(text) to lk_web;
