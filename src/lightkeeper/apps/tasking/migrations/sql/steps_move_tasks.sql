-- A step moves its task: which moves there are, and whose each is, holds here as well as in the
-- application, and nothing closes past an undecided consideration.
grant select, update on tasking_task to lk_guard;
grant select on tasking_step to lk_guard;

create function sec.move_task() returns trigger
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare task public.tasking_task; mover bigint;
begin
  select * into task from public.tasking_task t where t.id = new.task_id for update;
  select b.owner_id into mover from public.accounts_bucket b where b.id = new.bucket_id;
  if not (
    (mover = task.owner_id and task.status = 'PROPOSED' and new."to" in ('PROPOSED', 'SENT', 'REJECTED'))
    or (mover = task.agency_id and (task.status, new."to") in
        (('SENT', 'ACCEPTED'), ('SENT', 'REFUSED'), ('ACCEPTED', 'CLOSED')))
  ) then
    raise exception 'This task cannot make that move.' using errcode = '42501';
  end if;
  if new."to" = 'CLOSED' and exists (select 1 from public.safeguarding_consideration c
      where c.about = task.reference and not c.decided) then
    raise exception 'A consideration of this task is not decided.' using errcode = '42501';
  end if;
  update public.tasking_task t set status = new."to",
         closed_at = case when new."to" = 'CLOSED' then new.at end
   where t.id = new.task_id;
  return null;
end $$;
alter function sec.move_task() owner to lk_guard;
create trigger move_task after insert on tasking_step
  for each row execute function sec.move_task();
