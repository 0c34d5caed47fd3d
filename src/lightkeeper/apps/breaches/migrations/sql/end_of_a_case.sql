-- As before, and the end of a case is the moment at which it is ended: the years for which it is kept run from then,
-- and a statement that put it back would let a case go that ended today. The hour is for a clock that is off.
create or replace function sec.keep_breach() returns trigger
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
  if (case when new.status = old.status then new.ended_at is distinct from old.ended_at
           when new.status = 'OPEN' then new.ended_at is not null
           else new.ended_at is null
                or new.ended_at < greatest(old.reported_at, now() - interval '1 hour') end) then
    raise exception 'A case ends when its status says so, and not before now.' using errcode = '42501';
  end if;
  return new;
end $$;
alter function sec.keep_breach() owner to lk_guard;
