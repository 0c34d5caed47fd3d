-- A clearance or a training is renewed by somebody else of the same agency whose role renews such. The
-- contexts are worked out anew by the trigger on people.
grant insert on public.accounts_renewal to lk_guard;
grant update (cleared_from, cleared_to, trained_until) on public.accounts_person to lk_guard;

create function sec.renew(whom bigint, what text, until date) returns boolean
language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  if what not in ('CLEARANCE', 'TRAINING') or until <= current_date or whom = sec.me()
     or not sec.holds('renew') then return false; end if;
  update public.accounts_person p set
      cleared_to = case what when 'CLEARANCE' then until else p.cleared_to end,
      trained_until = case what when 'TRAINING' then until - 1 else p.trained_until end
   where p.id = whom and p.agency_id = sec.my_agency() and p.is_active;
  if not found then return false; end if;
  insert into public.accounts_renewal (person_id, what, until, renewed_by_id, renewed_at)
    values (whom, what, until, sec.me(), now());
  return true;
end $$;
revoke all on function sec.renew(bigint, text, date) from public;
alter function sec.renew(bigint, text, date) owner to lk_guard;
grant execute on function sec.renew(bigint, text, date) to lk_web;
