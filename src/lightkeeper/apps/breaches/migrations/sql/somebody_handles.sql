-- Whether somebody at the agency of whoever asks handles breaches here. Who reports one is to hear it if nobody does.
create function sec.somebody_handles_breaches() returns boolean
language sql stable security definer set search_path = pg_catalog, sec as $$
  select exists (
    select 1 from public.accounts_person p
      join public.accounts_personrole r on r.person_id = p.id
      join public.accounts_rolepower w on w.role = r.role and w.power = 'handle_rights'
     where p.agency_id = sec.my_agency() and p.is_active
       and (p.active_from is null or p.active_from <= current_date)
       and (p.active_to is null or p.active_to > current_date)
       and (r.active_from is null or r.active_from <= current_date)
       and (r.active_to is null or r.active_to > current_date))
$$;
revoke all on function sec.somebody_handles_breaches() from public;
alter function sec.somebody_handles_breaches() owner to lk_guard;
grant execute on function sec.somebody_handles_breaches() to lk_web;
