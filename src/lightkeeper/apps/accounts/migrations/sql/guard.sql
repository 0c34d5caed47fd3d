-- The access rule inside PostgreSQL. Functions here belong to the guard, a role that no one signs in
-- as and that row-level security does not bind; each holds the rule inside and a fixed search path.

create schema sec;
grant usage, create on schema sec to lk_guard;

create table sec.session (
  token_hash bytea primary key,
  reference  text not null,
  person_id  bigint not null references public.accounts_person (id),
  kind       text not null,
  purpose    text not null,
  opened_at  timestamptz not null default now(),
  seen_at    timestamptz not null default now(),
  idle       interval not null,
  expires_at timestamptz not null
);
create index session_of_person on sec.session (person_id);

-- What each person who is signed in, or waits for an errand, may use: worked out once when something
-- changes, read by every policy. It holds until the next day on which a dated right of theirs begins
-- or ends; from then on nothing is shown until it has been worked out again.
create table sec.context (
  person_id    bigint primary key references public.accounts_person (id),
  agency_id    bigint not null,
  level        smallint not null,
  live         boolean not null,
  valid_until  date not null,
  compartments bigint[] not null,
  audiences    bigint[] not null,
  oversees     boolean not null,
  readable     int[] not null,
  writable     int[] not null,
  disclosable  int[] not null,
  -- Roots from which this person is excluded; roots, with the owners who consented, that their agency
  -- may pass on; and until when the glass is broken for them on any.
  excluded     bigint[] not null default '{}',
  consents     bigint[] not null default '{}',
  consenting   bigint[] not null default '{}',
  glass_until  timestamptz
);

-- These run in every statement, so they are in the language that keeps its plans.
create function sec.me() returns bigint
language plpgsql stable security definer set search_path = pg_catalog, sec as $$
begin
  if session_user = 'lk_worker' then
    return (select e.person_id from public.accounts_errand e
     where e.id = nullif(current_setting('app.errand', true), '')::bigint
       and e.finished_at is null);
  end if;
  return (select s.person_id from sec.session s
     where s.token_hash = sha256(convert_to(nullif(current_setting('app.session', true), ''), 'UTF8'))
       and s.expires_at > now() and s.seen_at + s.idle > now() and s.purpose <> '');
end $$;

-- The context of whoever asks, if it holds today; all null if not.
create function sec.mine() returns sec.context
language plpgsql stable security definer set search_path = pg_catalog, sec as $$
declare found sec.context;
begin
  select c.* into found from sec.context c
   where c.person_id = sec.me() and c.live and c.valid_until > current_date;
  return found;
end $$;

create function sec.readable() returns int[]
language plpgsql stable security definer set search_path = pg_catalog, sec as $$
declare m sec.context := sec.mine();
begin
  if m.glass_until > now() then return m.readable || sec.behind_glass(m); end if;
  return coalesce(m.readable, '{}');
end $$;

-- What hangs from a child for whom this person broke the glass, while that lasts: the one exception to
-- owner, audience and compartment, and to nothing else.
create function sec.behind_glass(m sec.context) returns int[]
language plpgsql stable security definer set search_path = pg_catalog, sec as $$
begin
  return (select coalesce(array_agg(b.id), '{}') from public.accounts_bucket b
   where b.root_id in (select g.root_id from public.accounts_glass g
                        where g.person_id = m.person_id and g.ended_at is null and g.until > now())
     and b.record_class in (1, 2) and b.level <= m.level and b.root_id <> all(m.excluded)
     and exists (select 1 from public.accounts_personrole r
       join public.accounts_rolegrant g on g.role = r.role
      where r.person_id = m.person_id and g.record_class = b.record_class and g.verb = 'read'
        and (r.active_from is null or r.active_from <= current_date)
        and (r.active_to is null or r.active_to > current_date)
        and (g.active_from is null or g.active_from <= current_date)
        and (g.active_to is null or g.active_to > current_date)));
end $$;

-- The roots that bear on whoever asks, for the application's own guard.
create function sec.my_roots() returns table (
  excluded bigint[], consents bigint[], consenting bigint[], glass bigint[])
language sql stable security definer set search_path = pg_catalog, sec as $$
  select m.excluded, m.consents, m.consenting,
         coalesce((select array_agg(g.root_id) from public.accounts_glass g
                    where g.person_id = m.person_id and g.ended_at is null and g.until > now()), '{}')
    from sec.mine() m
$$;

create function sec.writable() returns int[]
language plpgsql stable security definer set search_path = pg_catalog, sec as $$
declare m sec.context := sec.mine();
begin return coalesce(m.writable, '{}');
end $$;

create function sec.my_agency() returns bigint
language sql stable security definer set search_path = pg_catalog, sec as $$
  select m.agency_id from sec.mine() m
$$;

create function sec.my_compartments() returns bigint[]
language sql stable security definer set search_path = pg_catalog, sec as $$
  select coalesce(m.compartments, '{}') from sec.mine() m
$$;

create function sec.oversees() returns boolean
language sql stable security definer set search_path = pg_catalog, sec as $$
  select coalesce(m.oversees, false) from sec.mine() m
$$;

-- Works out the contexts again. One at a time: a label that another transaction is just adding
-- must not be missed, and after the lock each statement sees what that transaction committed.
create function sec.rebuild(only_person bigint default null) returns void
language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  perform pg_advisory_xact_lock(7201);
  with person as (
    select p.id, p.agency_id, p.level, p.active_from, p.active_to, p.trained_until,
           p.is_active
             and (p.active_from is null or p.active_from <= current_date)
             and (p.active_to is null or p.active_to > current_date)
             and p.trained_until is not null and p.trained_until >= current_date as live
      from public.accounts_person p join sec.context c on c.person_id = p.id
     where only_person is null or p.id = only_person
  ), entered as (
    select r.person_id, g.record_class, g.verb,
           greatest(r.active_from, g.active_from) as since, least(r.active_to, g.active_to) as until
      from public.accounts_personrole r join public.accounts_rolegrant g on g.role = r.role
     where r.person_id in (select id from person)
  ), granted as materialized (
    select distinct person_id, record_class, verb from entered
     where (since is null or since <= current_date) and (until is null or until > current_date)
  ), member as (
    select m.person_id, m.compartment_id, m.active_from as since, m.active_to as until
      from public.accounts_compartmentmember m where m.person_id in (select id from person)
  ), shut as (
    select e.person_id, e.root_id, e.active_from as since, e.active_to as until
      from public.accounts_exclusion e where e.person_id in (select id from person)
  ), consent as (
    select c.agency_id, c.root_id, b.owner_id, c.active_from as since, c.active_to as until
      from public.accounts_consent c join public.accounts_bucket b on b.id = c.bucket_id
  ), current_consent as materialized (
    select distinct agency_id, root_id, owner_id from consent
     where (consent.since is null or consent.since <= current_date)
       and (consent.until is null or consent.until > current_date)
  ), held as materialized (
    select p.id,
      coalesce((select array_agg(s.root_id) from shut s where s.person_id = p.id
           and (s.since is null or s.since <= current_date)
           and (s.until is null or s.until > current_date)), '{}') as excluded,
      coalesce((select array_agg(c.root_id order by c.root_id, c.owner_id) from current_consent c
         where c.agency_id = p.agency_id), '{}') as consents,
      coalesce((select array_agg(c.owner_id order by c.root_id, c.owner_id) from current_consent c
         where c.agency_id = p.agency_id), '{}') as consenting,
      coalesce((select array_agg(m.compartment_id) from member m where m.person_id = p.id
           and (m.since is null or m.since <= current_date)
           and (m.until is null or m.until > current_date)), '{}') as compartments,
      coalesce((select array_agg(a.audience_id) from public.accounts_audiencemember a
         where a.agency_id = p.agency_id), '{}') as audiences
      from person p
  ), usable as (
    select p.id, g.verb, b.id as bucket_id
      from person p join held h on h.id = p.id join granted g on g.person_id = p.id
      join public.accounts_bucket b on b.record_class = g.record_class and b.level <= p.level
       and (b.compartment_id is null or b.compartment_id = any(h.compartments))
       and (b.owner_id = p.agency_id
            or (g.verb in ('read', 'disclose') and b.audience_id = any(h.audiences)))
       and (b.root_id is null or b.root_id <> all(h.excluded))
       and (g.verb <> 'disclose' or (b.conds & 2 = 0 and (b.conds & 1 = 0
            or b.owner_id = p.agency_id or exists (select 1 from current_consent c where c.agency_id = p.agency_id
                        and c.root_id = b.root_id and c.owner_id = b.owner_id))))
     where p.live and g.verb in ('read', 'write', 'disclose')
  ), lists as (
    select u.id,
      array_agg(u.bucket_id order by u.bucket_id) filter (where u.verb = 'read') as readable,
      array_agg(u.bucket_id order by u.bucket_id) filter (where u.verb = 'write') as writable,
      array_agg(u.bucket_id order by u.bucket_id) filter (where u.verb = 'disclose') as disclosable
      from usable u group by u.id
  ), turn as (
    select d.id, min(d.day) as day from (
      select id, active_from as day from person union all select id, active_to from person
      union all select id, trained_until + 1 from person
      union all select person_id, since from entered union all select person_id, until from entered
      union all select person_id, since from member union all select person_id, until from member
      union all select person_id, since from shut union all select person_id, until from shut
      union all select p.id, d.day from person p join consent c on c.agency_id = p.agency_id
                cross join lateral (values (c.since), (c.until)) as d(day)
    ) d where d.day > current_date group by d.id
  )
  update sec.context c set
    agency_id = p.agency_id, level = p.level, live = p.live,
    valid_until = coalesce(t.day, 'infinity'),
    compartments = h.compartments, audiences = h.audiences,
    oversees = p.live and exists (select 1 from granted g
      where g.person_id = p.id and g.record_class = 6 and g.verb = 'read'),
    excluded = h.excluded, consents = h.consents, consenting = h.consenting,
    glass_until = (select max(g.until) from public.accounts_glass g
                    where g.person_id = p.id and g.ended_at is null and g.until > now()),
    readable = coalesce(l.readable, '{}'), writable = coalesce(l.writable, '{}'),
    disclosable = coalesce(l.disclosable, '{}')
   from person p join held h on h.id = p.id left join lists l on l.id = p.id
        left join turn t on t.id = p.id
  where c.person_id = p.id;
end $$;

create function sec.make_context(for_person bigint) returns void
language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  insert into sec.context select p.id, p.agency_id, p.level, false, 'infinity',
      '{}', '{}', false, '{}', '{}', '{}'
    from public.accounts_person p where p.id = for_person
  on conflict (person_id) do nothing;
  perform sec.rebuild(for_person);
end $$;

create function sec.on_rule_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, sec as $$
begin perform sec.rebuild(); return null; end $$;

-- The door: only its role may open a session, after it has checked a password.
create function sec.open_session(for_person bigint, hash bytea, ref text, session_kind text,
                                 session_purpose text, idle_for interval, lasts interval)
returns void language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  insert into sec.session (token_hash, reference, person_id, kind, purpose, idle, expires_at)
    values (hash, ref, for_person, session_kind, session_purpose, idle_for, now() + lasts);
  delete from sec.session where expires_at < now() - interval '1 day';
  perform sec.make_context(for_person);
end $$;

create function sec.close_session() returns void
language sql security definer set search_path = pg_catalog, sec as $$
  delete from sec.session
   where token_hash = sha256(convert_to(nullif(current_setting('app.session', true), ''), 'UTF8'))
$$;

-- All but the one that asks, which its own transaction holds and closes itself.
create function sec.close_sessions_of(for_person bigint, but text) returns void
language sql security definer set search_path = pg_catalog, sec as $$
  delete from sec.session where person_id = for_person and reference <> but
$$;

-- Who is asking, for the application's own guard; it also keeps the session awake.
create function sec.whoami() returns table (
  person_id bigint, agency_id bigint, level smallint, compartments bigint[], audiences bigint[],
  purpose text, session_reference text, session_kind text)
language plpgsql security definer set search_path = pg_catalog, sec as $$
#variable_conflict use_column
declare who bigint := sec.me();
begin
  if who is null then return; end if;
  update sec.session s set seen_at = now()
   where s.token_hash = sha256(convert_to(nullif(current_setting('app.session', true), ''), 'UTF8'))
     and s.seen_at < now() - interval '1 minute';
  if not exists (select 1 from sec.context c where c.person_id = who and c.valid_until > current_date) then
    perform sec.make_context(who);
  end if;
  return query
    select c.person_id, c.agency_id, c.level, c.compartments, c.audiences,
           coalesce(s.purpose, 'errand'), coalesce(s.reference, 'errand'), coalesce(s.kind, 'errand')
      from sec.context c left join sec.session s
        on s.token_hash = sha256(convert_to(nullif(current_setting('app.session', true), ''), 'UTF8'))
     where c.person_id = who and c.live;
end $$;

-- The number of an envelope, made on first use. Whether a row may carry it is for the policies. What it
-- hangs from is taken over from a label that whoever asks may read: nobody names a root of their own.
create function sec.bucket_for(of_class int, of_owner bigint, at_level int, in_compartment bigint,
                               released_to bigint[], with_conds int default 0,
                               hanging_as int default null) returns int
language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  if session_user not in ('lk_owner', 'lk_linker') and (sec.mine()).person_id is null then
    return null;
  end if;
  return sec.make_bucket(of_class, of_owner, at_level, in_compartment, released_to, with_conds,
    (select b.root_id from public.accounts_bucket b
      where b.id = hanging_as and b.id = any(sec.readable())));
end $$;

create function sec.make_bucket(of_class int, of_owner bigint, at_level int, in_compartment bigint,
                                released_to bigint[], with_conds int, on_root bigint) returns int
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare
  members bigint[] := (select array_agg(distinct a order by a) from unnest(released_to) a
                        where a <> of_owner);
  set_key text := encode(sha256(convert_to(array_to_string(members, ','), 'UTF8')), 'hex');
  set_id bigint; bucket int;
begin
  if members is not null then
    select a.id into set_id from public.accounts_audience a where a.members_key = set_key;
    if set_id is null then
      insert into public.accounts_audience (members_key) values (set_key)
        on conflict (members_key) do update set members_key = excluded.members_key returning id into set_id;
      insert into public.accounts_audiencemember (audience_id, agency_id)
        select set_id, m from unnest(members) m on conflict do nothing;
    end if;
  end if;
  select b.id into bucket from public.accounts_bucket b
   where b.record_class = of_class and b.owner_id = of_owner and b.level = at_level
     and b.compartment_id is not distinct from in_compartment
     and b.audience_id is not distinct from set_id
     and b.conds = with_conds and b.root_id is not distinct from on_root;
  if bucket is null then
    insert into public.accounts_bucket
        (record_class, owner_id, level, compartment_id, audience_id, conds, root_id)
      values (of_class, of_owner, at_level, in_compartment, set_id, with_conds, on_root)
      on conflict (record_class, owner_id, level, compartment_id, audience_id, conds, root_id)
      do update set level = excluded.level returning id into bucket;
  end if;
  return bucket;
end $$;

-- A label is changed by whoever may relabel what has it and what will have it. Who may disclose a thing
-- may release it to more agencies, and change nothing else of its label. Whose rows one may change at
-- all is for the policies.
create function sec.check_relabel() returns trigger
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare was public.accounts_bucket; becomes public.accounts_bucket;
begin
  select * into was from public.accounts_bucket where id = old.bucket_id;
  select * into becomes from public.accounts_bucket where id = new.bucket_id;
  if sec.may_relabel(was.record_class) and sec.may_relabel(becomes.record_class) then
    return new;
  end if;
  if old.bucket_id = any(coalesce((select m.disclosable from sec.mine() m), '{}'))
     and (was.record_class, was.owner_id, was.level, was.conds)
         = (becomes.record_class, becomes.owner_id, becomes.level, becomes.conds)
     and was.root_id is not distinct from becomes.root_id
     and was.compartment_id is not distinct from becomes.compartment_id
     and not exists (
       select agency_id from public.accounts_audiencemember where audience_id = was.audience_id
       except
       select agency_id from public.accounts_audiencemember where audience_id = becomes.audience_id) then
    return new;
  end if;
  raise exception 'Your role does not allow this label to be changed.' using errcode = '42501';
end $$;

create function sec.may_relabel(of_class int) returns boolean
language sql stable security definer set search_path = pg_catalog, sec as $$
  select exists (select 1 from sec.mine() m
    join public.accounts_personrole r on r.person_id = m.person_id
    join public.accounts_rolegrant g on g.role = r.role
   where g.record_class = of_class and g.verb = 'relabel'
     and (r.active_from is null or r.active_from <= current_date)
     and (r.active_to is null or r.active_to > current_date)
     and (g.active_from is null or g.active_from <= current_date)
     and (g.active_to is null or g.active_to > current_date))
$$;

do $$ declare t text; begin
  foreach t in array array['accounts_person','accounts_personrole','accounts_rolegrant',
      'accounts_compartmentmember','accounts_audiencemember','accounts_bucket','accounts_exclusion',
      'accounts_consent','accounts_glass'] loop
    execute format('create trigger rebuild_contexts after insert or update or delete on public.%I '
      'for each statement execute function sec.on_rule_change()', t);
  end loop;
end $$;

-- Everything here belongs to the guard and is closed to all but those named.
do $$ declare f record; begin
  for f in select p.oid::regprocedure as signature from pg_proc p
            join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'sec' loop
    execute format('revoke all on function %s from public', f.signature);
    execute format('alter function %s owner to lk_guard', f.signature);
  end loop;
end $$;
alter table sec.session owner to lk_guard;
alter table sec.context owner to lk_guard;
grant usage on schema sec to lk_guard, lk_web, lk_worker, lk_door, lk_linker;
grant execute on function sec.me(), sec.readable(), sec.writable(), sec.my_agency(),
  sec.my_compartments(), sec.oversees(), sec.whoami(), sec.my_roots() to lk_web, lk_worker, lk_door, lk_linker;
grant execute on function sec.close_session() to lk_web;
grant execute on function sec.bucket_for(int, bigint, int, bigint, bigint[], int, int)
  to lk_web, lk_worker, lk_linker, lk_owner;
grant execute on function sec.open_session(bigint, bytea, text, text, text, interval, interval),
  sec.close_sessions_of(bigint, text) to lk_door;
grant usage on schema public to lk_guard, lk_web, lk_worker, lk_door, lk_linker, lk_sealer;
grant select on public.accounts_person, public.accounts_personrole, public.accounts_rolegrant,
  public.accounts_compartmentmember, public.accounts_audience, public.accounts_audiencemember,
  public.accounts_bucket, public.accounts_errand, public.accounts_exclusion,
  public.accounts_consent, public.accounts_glass, public.accounts_root to lk_guard;
grant insert, update on public.accounts_audience, public.accounts_audiencemember,
  public.accounts_bucket, public.accounts_root, public.accounts_glass to lk_guard;
grant references on public.accounts_person to lk_guard;
