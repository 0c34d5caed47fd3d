-- Handling conditions have days: one is put on what hangs from a root, or lifted from it, from a day to a
-- day, by its owner. The label stays as it is; what it comes to today is worked out with the contexts,
-- which do not hold past the day on which any condition turns.

grant select, insert, update on public.accounts_datedcondition, public.accounts_consent to lk_guard;

create trigger rebuild_contexts after insert or update or delete on public.accounts_datedcondition
  for each statement execute function sec.on_rule_change();

-- As before, but of the conditions of a label those count that hold today.
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
  ), dated as (
    select d.root_id, b.owner_id, d.conds, d.puts, d.active_from as since, d.active_to as until
      from public.accounts_datedcondition d join public.accounts_bucket b on b.id = d.bucket_id
  ), dated_today as materialized (
    select root_id, owner_id, coalesce(bit_or(d.conds) filter (where d.puts), 0) as put,
           coalesce(bit_or(d.conds) filter (where not d.puts), 0) as lifted
      from dated d
     where d.since <= current_date and (d.until is null or d.until > current_date)
     group by root_id, owner_id
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
      left join dated_today t on t.root_id = b.root_id and t.owner_id = b.owner_id
      cross join lateral (
        select (b.conds & ~coalesce(t.lifted, 0)) | coalesce(t.put, 0) as conds) e
     where (g.verb <> 'disclose' or (e.conds & 2 = 0 and (e.conds & 1 = 0
            or b.owner_id = p.agency_id or exists (select 1 from current_consent c where c.agency_id = p.agency_id
                        and c.root_id = b.root_id and c.owner_id = b.owner_id))))
       and p.live and g.verb in ('read', 'write', 'disclose')
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
      union all select p.id, d.day from person p cross join dated t
                cross join lateral (values (t.since), (t.until)) as d(day)
                 where d.day > current_date
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

-- What is put on and lifted today, for the application's own guard: numbers of roots and owners.
create function sec.dated_conditions() returns table (
  root_id bigint, owner_id bigint, put int, lifted int)
language sql stable security definer set search_path = pg_catalog, sec as $$
  select d.root_id, b.owner_id, coalesce(bit_or(d.conds) filter (where d.puts), 0)::int,
         coalesce(bit_or(d.conds) filter (where not d.puts), 0)::int
    from public.accounts_datedcondition d join public.accounts_bucket b on b.id = d.bucket_id
   where d.active_from <= current_date and (d.active_to is null or d.active_to > current_date)
   group by 1, 2
$$;
revoke all on function sec.dated_conditions() from public;
alter function sec.dated_conditions() owner to lk_guard;
grant execute on function sec.dated_conditions() to lk_web, lk_worker, lk_door, lk_linker;
