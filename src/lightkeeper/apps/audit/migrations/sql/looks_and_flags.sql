-- Who has looked at a thing, asked by its reference. Here and not in a policy, because who may ask
-- turns on whose the thing is, and because an index on what an array holds is of no use under row
-- security. This is the one place of the log that knows what its references stand for.
grant select on audit_event, audit_flag, accounts_agency to lk_guard;

-- Which of these there are, as far as whoever asks may read them, and whether their agency owns them.
create function sec.standing_of(asked text[]) returns table (reference text, ours boolean)
language plpgsql stable security definer set search_path = pg_catalog, sec as $$
declare m sec.context := sec.mine();
begin
  return query
    select t.reference::text, b.owner_id = m.agency_id from (
      select r.reference, r.bucket_id from public.intake_record r where r.reference = any(asked)
      union all
      select k.reference, k.bucket_id from public.tasking_task k where k.reference = any(asked)
    ) t join public.accounts_bucket b on b.id = t.bucket_id
   where t.bucket_id = any(m.readable) or (m.oversees and b.owner_id = m.agency_id);
end $$;

-- What was done to them, the newest first. To an overseer: all that people of their own agency did,
-- with the reason, and of what the agency owns also that another agency did something, and when. To
-- others: what people of their own agency did to what the agency owns, but not who has asked this
-- same question, which would tell somebody that their looks are being looked into. A subject goes by
-- the name of a record of it.
create function sec.looks_at(asked text[], before bigint, most int) returns table (
  id bigint, at timestamptz, person text, agency text, verb text, did text, named text[],
  purpose text, reason text, recipient text)
language plpgsql stable security definer set search_path = pg_catalog, sec as $$
declare
  m sec.context := sec.mine();
  owned text[] := (select array_agg(s.reference) from sec.standing_of(asked) s where s.ours);
  told text[];
begin
  if m.person_id is null then return; end if;
  owned := coalesce(owned || (select array_agg('SUB-' || substr(o, 5)) from unnest(owned) o
                               where o like 'REC-%'), '{}');
  told := case when m.oversees then asked || owned else owned end;
  return query
    select e.id, e.at, case when e.agency_id = m.agency_id then e.person::text else '' end,
           a.name::text, e.verb::text, e.did::text,
           array(select unnest(e."references"::text[]) intersect
                 select unnest(case when e.agency_id = m.agency_id then told else owned end)
                 order by 1),
           e.purpose::text,
           case when e.agency_id = m.agency_id and m.oversees then e.reason else '' end,
           case when e.agency_id = m.agency_id and m.oversees then e.recipient::text else '' end
      from public.audit_event e join public.accounts_agency a on a.id = e.agency_id
     where e."references" && told::varchar[] and e.id < before and e.person_id is not null
       and (m.oversees or e.did <> 'who has looked seen')
       and (e.agency_id = m.agency_id or (m.oversees and e."references" && owned::varchar[]))
     order by e.id desc limit least(most, 200);
end $$;

-- A flag is decided by an overseer of the agency whose person it is about, and never by that person.
create function sec.check_decision() returns trigger
language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  if not exists (select 1 from public.audit_flag f where f.id = new.flag_id
                  and f.agency_id = new.agency_id and f.person_id <> new.person_id) then
    raise exception 'This is not for them to decide.' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger check_decision before insert on audit_flagdecision
  for each row execute function sec.check_decision();

do $$ declare t text; f text; begin
  foreach t in array array['audit_flag', 'audit_flagdecision', 'audit_watchedday'] loop
    execute format('create trigger append_only before update or delete on %I '
      'for each row execute function sec.refuse_change()', t);
    execute format('create trigger no_truncate before truncate on %I '
      'for each statement execute function sec.refuse_change()', t);
  end loop;
  foreach f in array array['sec.standing_of(text[])', 'sec.looks_at(text[], bigint, int)',
                           'sec.check_decision()'] loop
    execute format('revoke all on function %s from public', f);
    execute format('alter function %s owner to lk_guard', f);
  end loop;
end $$;
grant execute on function sec.standing_of(text[]), sec.looks_at(text[], bigint, int)
  to lk_web, lk_worker;

insert into audit_lookrule (code, settings, why, active_from) values
  ('own_name', '{"rare_per_thousand": 1, "again": 3}',
   'Staff have looked up their own families. A common family name counts from the third look on one day.',
   '2026-01-01'),
  ('colleague', '{}', 'Staff have looked up their colleagues.', '2026-01-01'),
  ('no_part', '{"days": 4, "within_days": 30}',
   'Whoever comes back to a record again and again has work on it, or should not.', '2026-01-01'),
  ('hours', '{"from_hour": 22, "to_hour": 6, "at_least": 10, "role_percent": 10}',
   'Looks at night by a role that works by day.', '2026-01-01'),
  ('volume', '{"times": 3, "at_least": 60, "without_habit": 250, "habit_days": 10}',
   'Far more records on a day than the role is used to.', '2026-01-01');
