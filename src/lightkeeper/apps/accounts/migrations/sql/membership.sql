-- Membership of a compartment takes two: one proposes, another approves. And a clearance has days. The
-- contexts are worked out anew when either changes, and do not hold past the day on which one turns.

grant select, insert, update on public.accounts_compartment, public.accounts_compartmentmember to lk_guard;
grant select on public.accounts_rolepower to lk_guard;

-- As before, but only the approved are members, and a level counts in its days alone.
create or replace function sec.rebuild(only_person bigint default null) returns void
language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  perform pg_advisory_xact_lock(7201);
  with person as (
    select p.id, p.agency_id, p.active_from, p.active_to, p.trained_until, p.cleared_from, p.cleared_to,
           case when (p.cleared_from is null or p.cleared_from <= current_date)
                 and (p.cleared_to is null or p.cleared_to > current_date) then p.level else 0
           end as level,
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
      from public.accounts_compartmentmember m
     where m.standing = 'APPROVED' and m.person_id in (select id from person)
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
      coalesce((select array_agg(distinct m.compartment_id) from member m where m.person_id = p.id
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
      union all select id, cleared_from from person union all select id, cleared_to from person
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

-- Whether a role of whoever asks gives this power today.
create function sec.holds(wanted text) returns boolean
language sql stable security definer set search_path = pg_catalog, sec as $$
  select exists (select 1 from sec.mine() m
    join public.accounts_personrole r on r.person_id = m.person_id
    join public.accounts_rolepower p on p.role = r.role
   where p.power = wanted
     and (r.active_from is null or r.active_from <= current_date)
     and (r.active_to is null or r.active_to > current_date))
$$;

-- Somebody of its owner who opened it or is a member of it, and whose role runs such.
create function sec.runs(of_compartment bigint) returns boolean
language sql stable security definer set search_path = pg_catalog, sec as $$
  select exists (select 1 from sec.mine() m join public.accounts_compartment c on c.owner_id = m.agency_id
   where c.id = of_compartment and (c.opened_by_id = m.person_id or c.id = any(m.compartments)))
   and sec.holds('run_compartment')
$$;

create function sec.approves(of_compartment bigint) returns boolean
language sql stable security definer set search_path = pg_catalog, sec as $$
  select exists (select 1 from sec.mine() m join public.accounts_compartment c on c.owner_id = m.agency_id
   where c.id = of_compartment) and sec.holds('approve_member')
$$;

-- The compartments in which whoever asks has a part. To know of one is not to see what is in it: that
-- is for members alone.
create function sec.compartments_known() returns bigint[]
language sql stable security definer set search_path = pg_catalog, sec as $$
  select coalesce(array_agg(c.id), '{}') from sec.mine() m
    join public.accounts_compartment c on c.id = any(m.compartments)
      or (c.owner_id = m.agency_id and sec.holds('approve_member'))
      or (c.owner_id = m.agency_id and c.opened_by_id = m.person_id and sec.holds('run_compartment'))
$$;

create function sec.open_compartment(ref text, of_code text, called text, because text, review date)
returns boolean language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  if not sec.holds('run_compartment') then return false; end if;
  insert into public.accounts_compartment (reference, code, name, owner_id, purpose, review_on,
                                           opened_by_id, opened_at)
    values (ref, of_code, called, sec.my_agency(), because, review, sec.me(), now())
    on conflict (owner_id, code) do nothing;
  return found;
end $$;

create function sec.propose_member(ref text, of_compartment bigint, whom bigint, because text,
                                   since date, until date)
returns boolean language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  if not sec.runs(of_compartment) or until <= current_date or since >= until then return false; end if;
  insert into public.accounts_compartmentmember (reference, compartment_id, person_id, standing, active_from,
      active_to, reason, proposed_by_id, proposed_at, decision, end_reason)
    values (ref, of_compartment, whom, 'PROPOSED', since, until, because, sec.me(), now(), '', '')
    on conflict (compartment_id, person_id) where standing = 'PROPOSED' do nothing;
  return found;
end $$;

-- By somebody of the owner, never who proposed it, never who is to be a member. Once.
create function sec.decide_member(ref text, approve boolean, because text) returns boolean
language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  update public.accounts_compartmentmember m
     set standing = case when approve then 'APPROVED' else 'REFUSED' end,
         decision = because, decided_by_id = sec.me(), decided_at = now()
   where m.reference = ref and m.standing = 'PROPOSED' and sec.approves(m.compartment_id)
     and m.proposed_by_id <> sec.me() and m.person_id <> sec.me()
     and (m.active_to > current_date or not approve);
  return found;
end $$;

create function sec.withdraw_member(ref text, because text) returns boolean
language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  update public.accounts_compartmentmember m
     set standing = 'WITHDRAWN', end_reason = because, ended_by_id = sec.me(), ended_at = now()
   where m.reference = ref and m.standing = 'PROPOSED' and m.proposed_by_id = sec.me();
  return found;
end $$;

-- One person is enough to end it: who runs it, who approves, or the member. With it end all that make
-- the same person a member.
create function sec.end_member(ref text, because text) returns boolean
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare one public.accounts_compartmentmember;
begin
  select m.* into one from public.accounts_compartmentmember m
   where m.reference = ref and m.standing = 'APPROVED'
     and (m.active_to is null or m.active_to > current_date)
     and (m.person_id = sec.me() or sec.runs(m.compartment_id) or sec.approves(m.compartment_id));
  if one.id is null then return false; end if;
  update public.accounts_compartmentmember m
     set standing = 'ENDED', end_reason = because, ended_by_id = sec.me(), ended_at = now()
   where m.compartment_id = one.compartment_id and m.person_id = one.person_id
     and m.standing = 'APPROVED' and (m.active_to is null or m.active_to > current_date);
  return found;
end $$;

-- Whatever a function may come to do: nothing begins as approved, and what was proposed stays as it was.
create function sec.move_member() returns trigger
language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  if tg_op = 'INSERT' then
    if new.standing <> 'PROPOSED' or new.proposed_by_id is null or new.proposed_by_id is distinct from sec.me() then
      raise exception 'A member is proposed first.' using errcode = '42501';
    end if;
  elsif (old.compartment_id, old.person_id, old.active_from, old.active_to, old.reason, old.proposed_by_id)
      is distinct from (new.compartment_id, new.person_id, new.active_from, new.active_to, new.reason,
                        new.proposed_by_id)
     or (old.standing, new.standing) not in (('PROPOSED', 'APPROVED'), ('PROPOSED', 'REFUSED'),
                                             ('PROPOSED', 'WITHDRAWN'), ('APPROVED', 'ENDED')) then
    raise exception 'A membership is proposed, decided and ended, and not changed.' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger move_member before insert or update on public.accounts_compartmentmember for each row
  when (current_user in ('lk_guard', 'lk_web', 'lk_worker')) execute function sec.move_member();

do $$ declare f regprocedure; begin
  foreach f in array array['sec.holds(text)', 'sec.runs(bigint)', 'sec.approves(bigint)',
    'sec.compartments_known()', 'sec.open_compartment(text, text, text, text, date)',
    'sec.propose_member(text, bigint, bigint, text, date, date)', 'sec.decide_member(text, boolean, text)',
    'sec.withdraw_member(text, text)', 'sec.end_member(text, text)', 'sec.move_member()']::regprocedure[] loop
    execute format('revoke all on function %s from public', f);
    execute format('alter function %s owner to lk_guard', f);
  end loop;
end $$;
grant execute on function sec.compartments_known() to lk_web, lk_worker, lk_door, lk_linker;
grant execute on function sec.open_compartment(text, text, text, text, date),
  sec.propose_member(text, bigint, bigint, text, date, date), sec.decide_member(text, boolean, text),
  sec.withdraw_member(text, text), sec.end_member(text, text) to lk_web;
