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

-- Whether anything in this is undecided, for whoever asks: the answer is a yes or no, and the
-- consideration itself stays with those who may see it.
create function sec.undecided(of_reference text) returns boolean
language sql stable security definer set search_path = pg_catalog, sec as $$
  select exists (select 1 from public.safeguarding_consideration c
                  where c.about = of_reference and not c.decided)
$$;
revoke all on function sec.undecided(text) from public;
alter function sec.undecided(text) owner to lk_guard;
grant execute on function sec.undecided(text) to lk_web, lk_worker;
