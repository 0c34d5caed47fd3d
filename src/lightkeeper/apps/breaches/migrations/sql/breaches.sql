-- What was done with a breach follows the label of its case, and who is affected that of the record.
do $$ declare t text; begin
  foreach t in array array['breachstep', 'description', 'assessment', 'ruling', 'notification',
                           'listing'] loop
    execute format('alter table breaches_%s add constraint breaches_%s_label foreign key '
      '(breach_id, bucket_id) references breaches_breach (id, bucket_id) on update cascade', t, t);
  end loop;
end $$;
-- A record may be erased, and the list still says that it was affected: its reference stays.
alter table breaches_affected add constraint breaches_affected_label
  foreign key (record_id, bucket_right_id) references intake_record (id, bucket_id)
  on update cascade on delete set null (record_id);
alter table breaches_sighting add constraint breaches_sighting_label
  foreign key (affected_id, bucket_right_id) references breaches_affected (id, bucket_right_id)
  on update cascade;

grant select on intake_record, tasking_task, safeguarding_consideration, intelligence_judgement,
  governance_hold, sharing_enquiry, rights_item, rights_decision, rights_case, rights_correction, rights_restriction,
  audit_event, accounts_person to lk_guard;
grant select, insert on breaches_sighting, breaches_breachstep to lk_guard;
grant select, insert, update on breaches_breach, breaches_listing, breaches_affected,
  breaches_share to lk_guard;
grant usage on sequence breaches_breach_id_seq, breaches_breachstep_id_seq, breaches_listing_id_seq,
  breaches_affected_id_seq, breaches_sighting_id_seq, breaches_share_id_seq,
  governance_notice_id_seq to lk_guard;

-- Anybody who is signed in may report one. It belongs to those who handle them at their agency, and
-- whoever reported it does not see what becomes of it.
create function sec.report_breach(the_reference text, the_kinds text[], the_what text,
                                  noticed timestamptz, the_processor text, moment timestamptz)
returns boolean language plpgsql security definer set search_path = pg_catalog, sec as $$
declare m sec.context := sec.mine(); label int; made bigint;
begin
  if m.person_id is null then return false; end if;
  label := sec.make_bucket(8, m.agency_id, 1, null, null, 0, null);
  insert into public.breaches_breach (reference, owner_id, status, kinds, what, noticed_at, processor,
         reported_at, reported_by_id, risk, commissioner, subjects, more_to_come, bucket_id)
    values (the_reference, m.agency_id, 'REPORTED', the_kinds, the_what, noticed, the_processor,
            moment, m.person_id, '', '', '', false, label) returning id into made;
  insert into public.breaches_breachstep (breach_id, bucket_id, what, reason, person_id, at)
    values (made, label, 'Reported', '', m.person_id, moment);
  return true;
end $$;

-- Each time that an event within a scope named a record, whoever may see that record: only for the
-- functions below. Of tasks, considerations and the like it is the record that they hang from; of an
-- answer that was given to somebody, what it disclosed. Only acts of people of the agency whose breach it
-- is: what others did is theirs to report. That somebody asked who has looked shows no record.
create function sec.events_of_breach(l public.breaches_listing, of_agency bigint)
returns table (event_id bigint, at timestamptz, person text, session text, verb text, did text, ref text)
language plpgsql stable security definer set search_path = pg_catalog, sec as $$
begin
  return query
    select e.id, e.at, e.person::text, e.session::text, e.verb::text, e.did::text, r.ref
      from public.audit_event e cross join lateral unnest(e."references"::text[]) r(ref)
     where e.id <= l.up_to and e.agency_id = of_agency and e.person_id is not null
       and (cardinality(l.accounts) = 0 or e.person = any(l.accounts))
       and (cardinality(l.sessions) = 0 or e.session = any(l.sessions))
       and (l.since is null or e.at >= l.since) and (l.until is null or e.at < l.until)
       and e.verb = any(l.acts) and e.did <> 'who has looked seen'
       and (l.delivered = ''
            or (e.verb = 'disclose' and e."references" @> array[l.delivered]::varchar[]));
end $$;

create function sec.records_of_breach(l public.breaches_listing, of_agency bigint)
returns table (event_id bigint, at timestamptz, person text, session text, verb text, did text,
               record_id bigint)
language plpgsql stable security definer set search_path = pg_catalog, sec as $$
begin
  return query
    with named as materialized (select * from sec.events_of_breach(l, of_agency)),
    behind as (
      select distinct n.ref from named n
    ), leads as (
      select b.ref, r.id as record from behind b join public.intake_record r
        on r.reference = case when b.ref like 'SUB-%' then 'REC-' || substr(b.ref, 5) else b.ref end
       where b.ref like 'REC-%' or b.ref like 'SUB-%'
      union select b.ref, t.record_id from behind b join public.tasking_task t
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
    select n.event_id, n.at, n.person, n.session, n.verb, n.did, s.record
      from named n join leads s on s.ref = n.ref where s.record is not null
    union
    select n.event_id, n.at, n.person, n.session, n.verb, n.did, i.record_id
      from named n join public.rights_case c on c.reference = n.ref
      join public.rights_item i on i.case_id = c.id
     where n.did = 'rights answer given' and i.record_id is not null
       and (select d.choice from public.rights_decision d where d.item_id = i.id
             order by d.id desc limit 1) in ('DISCLOSE', 'REDACT');
end $$;

-- The digest of a list: each line of it, in order, hashed together with the hash of those before, so that
-- no list is too long to be held in memory. Labels are not in it; they follow the records.
create function sec.digest_of_listing(of_listing bigint) returns text
language plpgsql stable security definer set search_path = pg_catalog, sec as $$
declare line text; hash bytea := ''::bytea;
begin
  for line in
    select concat_ws(chr(31), a.reference, a.times, a.disclosed, s.person, s.session, s.did, s.times,
                     extract(epoch from s.first_at), extract(epoch from s.last_at))
      from public.breaches_affected a join public.breaches_sighting s on s.affected_id = a.id
     where a.listing_id = of_listing
     order by a.reference collate "C", s.person collate "C", s.session collate "C",
              s.did collate "C"
  loop
    hash := sha256(hash || convert_to(line, 'UTF8'));
  end loop;
  return encode(hash, 'hex');
end $$;

-- Work out which records are affected by a breach, from the log as it stands now, and keep it.
create function sec.list_breach(of_breach bigint, the_accounts text[], the_sessions text[],
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
       group by 1) o), '{}'),
    digest = sec.digest_of_listing(l.id)
   where x.id = l.id;
  return l.id;
end $$;

-- Whether a list still is what it was when it was made.
create function sec.listing_holds(of_listing bigint) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, sec as $$
declare l public.breaches_listing; n bigint;
begin
  select * into l from public.breaches_listing x where x.id = of_listing;
  if l.id is null or not l.bucket_id = any(sec.readable()) then return null; end if;
  select count(*) into n from public.breaches_affected a where a.listing_id = l.id;
  return n = l.records and sec.digest_of_listing(l.id) = l.digest;
end $$;

-- Tell an agency that records of its own are affected. The share, with what of the list is about that
-- agency's records, becomes its own; whoever told it goes on seeing what they may see of it.
create function sec.tell_of_breach(of_share bigint, the_words text, moment timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare s public.breaches_share; m sec.context := sec.mine(); label int;
begin
  select * into s from public.breaches_share x where x.id = of_share for update;
  if s.id is null or s.told_at is not null or not coalesce(sec.may('handle_rights'), false)
     or s.happened_at_id <> m.agency_id or s.whose_id = m.agency_id
     or not s.bucket_id = any(m.writable) then
    return false;
  end if;
  label := sec.make_bucket(8, s.whose_id, 1, null, array[s.happened_at_id], 0, null);
  update public.breaches_share x set bucket_id = label, told_at = moment, told_by_id = m.person_id,
         said = the_words where x.id = s.id;
  update public.breaches_affected a set bucket_left_id = label from public.accounts_bucket b
   where a.listing_id = s.listing_row and b.id = a.bucket_right_id and b.owner_id = s.whose_id;
  insert into public.governance_notice (reference, kind, about, told_at, bucket_id)
    values ('NTC-' || upper(substr(encode(sha256(convert_to(
              s.reference || clock_timestamp(), 'UTF8')), 'hex'), 1, 12)),
            'BREACH', s.reference, moment, label);
  return true;
end $$;

create function sec.answer_breach_share(of_share bigint, the_answer text, moment timestamptz)
returns boolean language plpgsql security definer set search_path = pg_catalog, sec as $$
declare m sec.context := sec.mine();
begin
  update public.breaches_share x set answer = the_answer, answered_at = moment,
         answered_by_id = m.person_id
   where x.id = of_share and x.told_at is not null and x.answered_at is null
     and x.whose_id = m.agency_id and x.bucket_id = any(m.writable)
     and coalesce(sec.may('handle_rights'), false);
  return found;
end $$;

-- A breach stands as it was reported, and moves only as it may. A list stands as it was made; only labels
-- follow, and the record goes from it when it is erased.
create function sec.keep_breach() returns trigger
language plpgsql set search_path = pg_catalog, sec as $$
declare moves text[] := array['REPORTED>OPEN', 'REPORTED>NO_BREACH', 'OPEN>CLOSED', 'OPEN>NO_BREACH',
  'CLOSED>OPEN', 'NO_BREACH>OPEN'];
begin
  if (old.reference, old.owner_id, old.what, old.noticed_at, old.processor, old.reported_at,
      old.reported_by_id) is distinct from (new.reference, new.owner_id, new.what, new.noticed_at,
      new.processor, new.reported_at, new.reported_by_id)
     or old.status <> new.status and not old.status || '>' || new.status = any(moves)
     or old.notified_at is not null and new.notified_at is distinct from old.notified_at
     or new.commissioner = 'NOT_NOTIFY' and new.risk <> 'UNLIKELY' then
    raise exception 'A breach stands as it was reported, and moves only as it may.'
      using errcode = '42501';
  end if;
  return new;
end $$;
create trigger keep_breach before update on breaches_breach for each row
  when (current_user in ('lk_web', 'lk_worker')) execute function sec.keep_breach();

create function sec.keep_listing() returns trigger
language plpgsql set search_path = pg_catalog, sec as $$
declare follows text[] := array['bucket_left_id', 'bucket_right_id', 'record_id'];
begin
  if tg_op <> 'UPDATE' or (to_jsonb(old) - follows) is distinct from (to_jsonb(new) - follows) then
    raise exception 'A list of who is affected is not changed.' using errcode = '42501';
  end if;
  return new;
end $$;
do $$ declare t text; begin
  foreach t in array array['breaches_affected', 'breaches_sighting'] loop
    execute format('create trigger keep_listing before update or delete on %I '
      'for each row execute function sec.keep_listing()', t);
    execute format('create trigger no_truncate before truncate on %I '
      'for each statement execute function sec.refuse_change()', t);
  end loop;
end $$;

do $$ declare f record; begin
  for f in select p.oid::regprocedure as signature from pg_proc p
            join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'sec'
             and p.proname in ('report_breach', 'events_of_breach', 'records_of_breach',
               'digest_of_listing', 'list_breach', 'listing_holds', 'tell_of_breach',
               'answer_breach_share', 'keep_breach', 'keep_listing') loop
    execute format('revoke all on function %s from public', f.signature);
    execute format('alter function %s owner to lk_guard', f.signature);
  end loop;
end $$;
grant execute on function
  sec.report_breach(text, text[], text, timestamptz, text, timestamptz),
  sec.list_breach(bigint, text[], text[], timestamptz, timestamptz, text[], text, text, timestamptz),
  sec.listing_holds(bigint), sec.tell_of_breach(bigint, text, timestamptz),
  sec.answer_breach_share(bigint, text, timestamptz) to lk_web;
