-- As before, but for what stands behind a task, a consideration, a judgement and the like: a look at one is a look
-- at the record behind it only where the agency whose people looked may have that record. Else its officer would be
-- told whose it is, although nobody there was ever shown it.

-- Which records stand behind each reference, and whether looking at that shows them to somebody of the agency. A
-- record's or a subject's own reference always does: whoever named it in the log was shown it then.
create function sec.leads_of_breach(refs text[], of_agency bigint)
returns table (ref text, record_id bigint, shown boolean)
language plpgsql stable security definer set search_path = pg_catalog, sec as $$
#variable_conflict use_column
begin
  return query
    with behind as materialized (select distinct r.ref from unnest(refs) r(ref)),
    own as materialized (
      select b.id from public.accounts_bucket b
       where b.owner_id = of_agency
          or b.audience_id in (select m.audience_id from public.accounts_audiencemember m
                                where m.agency_id = of_agency)
             and (b.compartment_id is null or exists (
               select 1 from public.accounts_compartmentmember m
                 join public.accounts_person p on p.id = m.person_id and p.agency_id = of_agency
                where m.compartment_id = b.compartment_id and m.standing = 'APPROVED'))
    ), hanging as (
      select b.ref, t.record_id as record from behind b join public.tasking_task t
        on t.reference = b.ref
      union select b.ref, c.record_id from behind b join public.safeguarding_consideration c
        on c.reference = b.ref
      union select b.ref, j.left_id from behind b join public.intelligence_judgement j
        on j.reference = b.ref
      union select b.ref, j.right_id from behind b join public.intelligence_judgement j
        on j.reference = b.ref
      union select b.ref, h.record_id from behind b join public.governance_hold h
        on h.reference = b.ref
      union select b.ref, q.record_id from behind b join public.sharing_enquiry q
        on q.reference = b.ref
      union select b.ref, i.record_id from behind b join public.rights_item i on i.reference = b.ref
      union select b.ref, c.record_id from behind b join public.rights_correction c
        on c.reference = b.ref
      union select b.ref, x.record_id from behind b join public.rights_restriction x
        on x.reference = b.ref
    )
    select b.ref, r.id, true from behind b join public.intake_record r
        on r.reference = case when b.ref like 'SUB-%' then 'REC-' || substr(b.ref, 5) else b.ref end
     where b.ref like 'REC-%' or b.ref like 'SUB-%'
    union all
    select h.ref, r.id, r.bucket_id in (select own.id from own)
      from hanging h join public.intake_record r on r.id = h.record;
end $$;

create or replace function sec.records_of_breach(l public.breaches_listing, of_agency bigint)
returns table (event_id bigint, at timestamptz, person text, session text, verb text, did text,
               record_id bigint)
language plpgsql stable security definer set search_path = pg_catalog, sec as $$
#variable_conflict use_column
begin
  return query
    with named as materialized (select * from sec.events_of_breach(l, of_agency)),
    leads as materialized (
      select d.ref, d.record_id as record
        from sec.leads_of_breach(array(select distinct n.ref from named n), of_agency) d
       where d.shown
    )
    select n.event_id, n.at, n.person, n.session, n.verb, n.did, s.record
      from named n join leads s on s.ref = n.ref
    union
    select n.event_id, n.at, n.person, n.session, n.verb, n.did, i.record_id
      from named n join public.rights_case c on c.reference = n.ref
      join public.rights_item i on i.case_id = c.id
     where n.did = 'rights answer given' and i.record_id is not null
       and (select d.choice from public.rights_decision d where d.item_id = i.id
             order by d.id desc limit 1) in ('DISCLOSE', 'REDACT');
end $$;

create or replace function sec.list_breach(of_breach bigint, the_accounts text[], the_sessions text[],
                                since_at timestamptz, until_at timestamptz, the_acts text[],
                                was_delivered text, why text, moment timestamptz)
returns bigint language plpgsql security definer set search_path = pg_catalog, sec as $$
declare c public.breaches_breach; m sec.context := sec.mine(); l public.breaches_listing;
begin
  select * into c from public.breaches_breach x where x.id = of_breach for update;
  if c.id is null or not coalesce(sec.may('handle_rights'), false)
     or not c.bucket_id = any(m.writable) or c.owner_id <> m.agency_id then
    return null;
  end if;
  insert into public.breaches_listing (breach_id, bucket_id, number, accounts, sessions, since, until,
         acts, delivered, reason, up_to, events, records, others, digest, person_id, at)
    values (c.id, c.bucket_id,
            (select count(*) + 1 from public.breaches_listing x where x.breach_id = c.id),
            the_accounts, the_sessions, since_at, until_at, the_acts, was_delivered, why,
            (select coalesce(max(e.id), 0) from public.audit_event e), 0, 0, '{}', '', m.person_id,
            moment) returning * into l;
  insert into public.breaches_affected (listing_id, record_id, reference, first_at, last_at, times,
         disclosed, bucket_left_id, bucket_right_id)
    select l.id, r.id, r.reference, g.first_at, g.last_at, g.times, g.disclosed, c.bucket_id, r.bucket_id
      from (select f.record_id, min(f.at) as first_at, max(f.at) as last_at,
                   count(distinct f.event_id) as times, bool_or(f.verb = 'disclose') as disclosed
              from sec.records_of_breach(l, c.owner_id) f group by f.record_id) g
      join public.intake_record r on r.id = g.record_id;
  insert into public.breaches_sighting (affected_id, person, session, did, first_at, last_at, times,
         bucket_left_id, bucket_right_id)
    select a.id, f.person, f.session, f.did, min(f.at), max(f.at), count(distinct f.event_id),
           c.bucket_id, a.bucket_right_id
      from sec.records_of_breach(l, c.owner_id) f
      join public.breaches_affected a on a.listing_id = l.id and a.record_id = f.record_id
     group by a.id, f.person, f.session, f.did, a.bucket_right_id;
  insert into public.breaches_share (reference, breach_reference, listing_number, listing_row,
         happened_at_id, whose_id, records, said, answer, bucket_id)
    select 'BRS-' || upper(substr(encode(sha256(convert_to(
             c.reference || b.owner_id || clock_timestamp(), 'UTF8')), 'hex'), 1, 12)),
           c.reference, l.number, l.id, c.owner_id, b.owner_id, count(*), '', '', c.bucket_id
      from public.breaches_affected a join public.accounts_bucket b on b.id = a.bucket_right_id
     where a.listing_id = l.id group by b.owner_id;
  update public.breaches_listing x set
    records = (select count(*) from public.breaches_affected a where a.listing_id = l.id),
    events = (select count(distinct e.event_id) from sec.events_of_breach(l, c.owner_id) e),
    others = coalesce((select jsonb_object_agg(o.kind, o.n) from (
      select case when e.ref like 'REC-%' or e.ref like 'SUB-%' then 'GONE'
                  else split_part(e.ref, '-', 1) end as kind, count(distinct e.ref) as n
        from sec.events_of_breach(l, c.owner_id) e
       where (e.ref like 'REC-%' or e.ref like 'SUB-%') and not exists (
               select 1 from public.intake_record r where r.reference = 'REC-' || substr(e.ref, 5))
          or e.ref ~ '^(QUA|REP|RRQ|RPT)-'
       group by 1
      union all
      -- What hangs from records that the agency may not have shows no such record: it is counted as itself.
      select 'BEHIND', count(*) from (
        select d.ref from sec.leads_of_breach(array(
                 select distinct e.ref from sec.events_of_breach(l, c.owner_id) e), c.owner_id) d
         group by d.ref having not bool_or(d.shown)) hidden
      having count(*) > 0) o), '{}'),
    digest = sec.digest_of_listing(l.id)
   where x.id = l.id;
  return l.id;
end $$;

revoke all on function sec.leads_of_breach(text[], bigint) from public;
alter function sec.leads_of_breach(text[], bigint) owner to lk_guard;
grant select on public.accounts_compartmentmember, public.accounts_audiencemember to lk_guard;
