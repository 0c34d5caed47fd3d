-- A child who comes to be part of a task's subject after it was sent: the duty opens with the change
-- of the picture, whoever worked it out. One consideration a task, under the task's label. A record
-- counts only where the task's owner or the agency that leads it may read it.
grant select, insert on safeguarding_consideration to lk_guard;
grant select on tasking_task, intelligence_membership, intake_record to lk_guard;
grant insert on audit_event to lk_guard;
grant usage on sequence safeguarding_consideration_id_seq, audit_event_id_seq to lk_guard;

create function sec.consider_children_in_tasks() returns void
language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  with opened as (
    insert into public.safeguarding_consideration
           (reference, about, record_id, because, opened_at, decided, bucket_id)
    select distinct on (t.id) 'CON-' || substr(t.reference, 5), t.reference, child.id,
           'A child is concerned in a task.', now(), false, t.bucket_id
      from public.tasking_task t
      join public.accounts_bucket tb on tb.id = t.bucket_id
      join public.intelligence_membership m on m.record_id = t.record_id
      join public.intelligence_membership near on near.cluster = m.cluster
      join public.intake_record child on child.id = near.record_id and child.concerns_child
      join public.accounts_bucket cb on cb.id = child.bucket_id
     where t.status in ('PROPOSED', 'SENT', 'ACCEPTED')
       and cb.level <= tb.level
       and (cb.compartment_id is null or cb.compartment_id is not distinct from tb.compartment_id)
       and (cb.owner_id = t.owner_id
            or exists (select 1 from public.accounts_audiencemember a
                        where a.audience_id = cb.audience_id and a.agency_id = t.owner_id)
            or t.status <> 'PROPOSED' and (cb.owner_id = t.agency_id
                 or exists (select 1 from public.accounts_audiencemember a
                             where a.audience_id = cb.audience_id and a.agency_id = t.agency_id)))
       and not exists (select 1 from public.safeguarding_consideration c
                        where c.about = t.reference)
     order by t.id, child.id
    on conflict do nothing
    returning reference, about
  )
  insert into public.audit_event (at, person, agency_id, session, verb, did, "references", purpose,
                                  reason, recipient, rule, request)
  select now(), '', t.owner_id, '', 'alter', 'consideration opened', array[o.reference, o.about],
         '', 'The picture has come to say that a child is concerned.', '', '', ''
    from opened o join public.tasking_task t on t.reference = o.about;
end $$;
revoke all on function sec.consider_children_in_tasks() from public;
alter function sec.consider_children_in_tasks() owner to lk_guard;
grant execute on function sec.consider_children_in_tasks() to lk_web, lk_worker;

-- As before, and: what came of a task for a child waits until that child has been considered.
create or replace function sec.check_outcome() returns trigger
language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  if not exists (
    select 1 from public.tasking_task t join public.accounts_bucket b on b.id = new.bucket_id
     where t.id = new.task_id and t.agency_id = b.owner_id) then
    raise exception 'Only the agency that leads a task says what came of it.' using errcode = '42501';
  end if;
  if new.record_id is not null and exists (
    select 1 from public.safeguarding_consideration c join public.intake_record r
        on r.id = new.record_id and c.about = r.reference
     where not c.decided) then
    raise exception 'A child for whom this came is still to be considered.' using errcode = '42501';
  end if;
  return null;
end $$;
