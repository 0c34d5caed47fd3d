-- A task is moved by its steps alone, not even by the agency that owns it: else its owner could close it
-- past an undecided consideration. What was asked stands as it was asked; until it is sent, the owner
-- sets when it is due, and its label.
create function sec.keep_task() returns trigger
language plpgsql set search_path = pg_catalog, sec as $$
begin
  if tg_op = 'INSERT' then
    if (new.status, new.due_at, new.sent_at, new.closed_at)
       is distinct from ('PROPOSED', null::timestamptz, null::timestamptz, null::timestamptz) then
      raise exception 'A task begins as a proposal.' using errcode = '42501';
    end if;
  elsif (new.status, new.closed_at, new.reference, new.owner_id, new.agency_id, new.record_id,
         new.threat, new.theme, new.level, new.objective, new.proposed_by_id, new.proposed_at)
        is distinct from
        (old.status, old.closed_at, old.reference, old.owner_id, old.agency_id, old.record_id,
         old.threat, old.theme, old.level, old.objective, old.proposed_by_id, old.proposed_at)
     or (old.status <> 'PROPOSED'
         and (new.due_at, new.sent_at) is distinct from (old.due_at, old.sent_at)) then
    raise exception 'Only a step moves a task.' using errcode = '42501';
  end if;
  return new;
end $$;
revoke all on function sec.keep_task() from public;
alter function sec.keep_task() owner to lk_guard;
create trigger keep_task before insert or update on tasking_task
  for each row when (current_user in ('lk_web', 'lk_worker')) execute function sec.keep_task();

-- An outcome is entered by the agency that leads the task, and by no other. After the row, so that a
-- task out of sight is refused by the policies first, like one that is not there.
create function sec.check_outcome() returns trigger
language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  if not exists (
    select 1 from public.tasking_task t join public.accounts_bucket b on b.id = new.bucket_id
     where t.id = new.task_id and t.agency_id = b.owner_id) then
    raise exception 'Only the agency that leads a task says what came of it.' using errcode = '42501';
  end if;
  return null;
end $$;
revoke all on function sec.check_outcome() from public;
alter function sec.check_outcome() owner to lk_guard;
create trigger check_outcome after insert on tasking_outcome
  for each row when (current_user in ('lk_web', 'lk_worker')) execute function sec.check_outcome();
