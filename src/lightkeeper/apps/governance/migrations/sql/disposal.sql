-- Disposal. The roles of pages and jobs may delete nothing; this function of the guard deletes one
-- record for two people, with all that was derived from it, and keeps proof of it.
grant select on accounts_rolepower, governance_disposal to lk_guard;
grant select, insert on governance_erasure, governance_notice to lk_guard;
grant usage on sequence governance_erasure_id_seq, governance_notice_id_seq to lk_guard;
grant select, delete on intake_record, intake_report, intake_quarantined, intelligence_undoing,
  intelligence_judgement, safeguarding_considerationoutcome, safeguarding_consideration,
  governance_hold, governance_review, governance_disposal to lk_guard;
grant select, update on tasking_task, tasking_outcome, tasking_step to lk_guard;
grant select on intelligence_membership to lk_guard;
-- To hold a row against others takes the right to change it.
grant update on governance_disposal, intake_record, intake_report to lk_guard;

-- What stops the disposal of a record, also where whoever asks may not see it; empty if nothing does.
create function sec.stops_disposal(of_record bigint) returns text
language sql stable security definer set search_path = pg_catalog, sec as $$
  select case
    when not coalesce(r.bucket_id = any(sec.writable()), false) then 'label'
    when sec.held(r.id, r.report_id) then 'hold'
    when exists (select 1 from public.safeguarding_consideration c
                  where c.record_id = r.id and not c.decided) then 'consideration'
    when exists (select 1 from public.tasking_task t
                  where t.record_id = r.id and t.status in ('PROPOSED', 'SENT', 'ACCEPTED')) then 'task'
    else '' end
    from (select of_record as id) asked left join public.intake_record r using (id)
$$;

create function sec.may(the_power text) returns boolean
language sql stable security definer set search_path = pg_catalog, sec as $$
  select exists (select 1 from public.accounts_personrole r
    join public.accounts_rolepower p on p.role = r.role and p.power = the_power
   where r.person_id = (sec.mine()).person_id
     and (r.active_from is null or r.active_from <= current_date)
     and (r.active_to is null or r.active_to > current_date))
$$;

-- Tell each agency that was given the record. The notice is the property of whoever is told; the owner of
-- the record sees whether it has been acknowledged.
create function sec.tell_recipients(of_record bigint, the_kind text) returns int
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare told int := 0; b public.accounts_bucket; said text; one bigint; label int;
begin
  select r.reference into said from public.intake_record r where r.id = of_record;
  select x.* into b from public.accounts_bucket x
    join public.intake_record r on r.bucket_id = x.id where r.id = of_record;
  for one in
    select a.agency_id from public.accounts_audiencemember a where a.audience_id = b.audience_id
    union select t.agency_id from public.tasking_task t where t.record_id = of_record and t.sent_at is not null
    union select t.owner_id from public.tasking_task t where t.record_id = of_record
    except select b.owner_id
  loop
    label := sec.bucket_for(b.record_class, one, b.level, b.compartment_id, array[b.owner_id]);
    insert into public.governance_notice (reference, kind, about, told_at, bucket_id)
      values ('NTC-' || upper(substr(encode(sha256(convert_to(
                said || one || clock_timestamp(), 'UTF8')), 'hex'), 1, 12)),
              the_kind, said, now(), label)
      on conflict do nothing;
    told := told + 1;
  end loop;
  return told;
end $$;

create function sec.erase_dependents(r public.intake_record) returns void
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare mine bigint := (select b.owner_id from public.accounts_bucket b where b.id = r.bucket_id);
begin
  delete from public.intelligence_undoing u using public.intelligence_judgement j
   where u.judgement_id = j.id and (j.left_id = r.id or j.right_id = r.id);
  delete from public.safeguarding_considerationoutcome o using public.safeguarding_consideration c
   where o.consideration_id = c.id and c.record_id = r.id;
  delete from public.safeguarding_consideration c where c.record_id = r.id;
  -- Work that was done stays counted, under a bare number. The words of the owner of the record go; what
  -- another agency wrote is its own, and it is told.
  update public.tasking_outcome o set evidence = ''
    from public.tasking_task t, public.accounts_bucket b
   where t.id = o.task_id and b.id = o.bucket_id and b.owner_id = mine
     and (o.record_id = r.id or (o.record_id is null and t.record_id = r.id));
  update public.tasking_outcome o set record_id = null, erased_record = r.id where o.record_id = r.id;
  update public.tasking_step s set reason = '' from public.tasking_task t, public.accounts_bucket b
   where s.task_id = t.id and t.record_id = r.id and b.id = s.bucket_id and b.owner_id = mine;
  update public.tasking_task t set record_id = null, erased_record = r.id,
         objective = case when t.owner_id = mine then '' else t.objective end
   where t.record_id = r.id;
  delete from public.intake_quarantined q where q.report_id = r.report_id and q.row_number = r.row_number;
end $$;

-- The report goes with the last of its records, when nothing of it waits and nothing holds it.
create function sec.erase_report(of_report bigint, on_rule text, proposer bigint) returns text
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare p public.intake_report;
begin
  select * into p from public.intake_report x where x.id = of_report for update;
  if exists (select 1 from public.intake_record r where r.report_id = p.id)
     or p.status not in ('PARSED', 'FAILED')
     or exists (select 1 from public.intake_quarantined q where q.report_id = p.id and q.status = 'OPEN')
     or exists (select 1 from public.governance_hold h where h.report_id = p.id and h.released_at is null) then
    return '';
  end if;
  insert into public.governance_erasure
         (reference, kind, digest, erased_on, rule, proposed_by_id, confirmed_by_id, bucket_id)
    values (p.reference, 'Report', encode(sha256(convert_to(p::text, 'UTF8')), 'hex'), current_date,
            on_rule, proposer, sec.me(), p.bucket_id);
  delete from public.intake_quarantined q where q.report_id = p.id;
  delete from public.governance_hold h where h.report_id = p.id;
  delete from public.intake_report x where x.id = p.id;
  return p.reference;
end $$;

-- Confirm a proposal. What it gives back: the references that are no more, the digest of bytes that no
-- record of this report needs any more, and the part of the picture that is to be worked out again.
create function sec.dispose(of_disposal bigint)
returns table (record_reference text, report_reference text, digest text, part bigint, told int)
language plpgsql security definer set search_path = pg_catalog, sec as $$
#variable_conflict use_column
declare d public.governance_disposal; r public.intake_record; rule text; held_by text;
  in_part bigint; bytes text; gone text; notices int;
begin
  select * into d from public.governance_disposal x where x.id = of_disposal for update;
  if d.id is null or d.withdrawn_at is not null or not d.bucket_id = any(sec.writable()) then
    raise exception 'There is no such proposal.' using errcode = '42501';
  end if;
  if sec.me() is null or d.proposed_by_id = sec.me() or not sec.may('dispose') then
    raise exception 'Another person, whose role allows it, confirms a disposal.' using errcode = '42501';
  end if;
  select * into r from public.intake_record x where x.id = d.record_id for update;
  held_by := sec.stops_disposal(r.id);
  if held_by <> '' then
    raise exception 'Something stands on this record: %.', held_by using errcode = '42501';
  end if;
  rule := 'retention.' || lower(d.ground);
  select m.component into in_part from public.intelligence_membership m where m.record_id = r.id;
  select p.digest into bytes from public.intake_report p where p.id = r.report_id;
  notices := sec.tell_recipients(r.id, 'ERASED');
  insert into public.governance_erasure
         (reference, kind, digest, erased_on, rule, proposed_by_id, confirmed_by_id, bucket_id)
    values (r.reference, 'Record', encode(sha256(convert_to(r::text, 'UTF8')), 'hex'), current_date,
            rule, d.proposed_by_id, sec.me(), r.bucket_id);
  perform sec.erase_dependents(r);
  -- With the record go, by its foreign keys: its keys, memberships, links, judgements, contributions,
  -- reviews, ended holds and proposals.
  delete from public.intake_record x where x.id = r.id;
  gone := sec.erase_report(r.report_id, rule, d.proposed_by_id);
  return query select r.reference::text, gone, case when gone = '' then '' else bytes end,
                      in_part, notices;
end $$;

-- For the worker: whether no report at all has these bytes any more. Nobody else may ask, because the
-- answer counts what is hidden.
create function sec.bytes_unused(the_digest text) returns boolean
language sql stable security definer set search_path = pg_catalog, sec as $$
  select not exists (select 1 from public.intake_report p where p.digest = the_digest)
$$;

-- For whoever restores a backup: what must not come back.
create function sec.erased_references() returns table (reference text, kind text, erased_on date)
language sql stable security definer set search_path = pg_catalog, sec as $$
  select e.reference, e.kind, e.erased_on from public.governance_erasure e order by e.id
$$;

do $$ declare f record; begin
  for f in select p.oid::regprocedure as signature from pg_proc p
            join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'sec'
             and p.proname in ('stops_disposal', 'may', 'tell_recipients', 'erase_dependents',
               'erase_report', 'dispose', 'bytes_unused', 'erased_references') loop
    execute format('revoke all on function %s from public', f.signature);
    execute format('alter function %s owner to lk_guard', f.signature);
  end loop;
end $$;
grant execute on function sec.stops_disposal(bigint), sec.dispose(bigint) to lk_web;
grant execute on function sec.bytes_unused(text) to lk_worker;
grant execute on function sec.erased_references() to lk_owner;
