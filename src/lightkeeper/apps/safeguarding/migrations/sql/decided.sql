-- A decision marks its consideration, whichever agency decided: the decider need not be able to
-- change the consideration itself.
grant select, update on safeguarding_consideration to lk_guard;
grant select on safeguarding_considerationoutcome to lk_guard;

create function sec.mark_decided() returns trigger
language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  update public.safeguarding_consideration set decided = true where id = new.consideration_id;
  return null;
end $$;
alter function sec.mark_decided() owner to lk_guard;
create trigger mark_decided after insert on safeguarding_considerationoutcome
  for each row execute function sec.mark_decided();
