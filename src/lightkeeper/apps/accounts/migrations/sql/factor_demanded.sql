-- Whether a role of whoever acts demands a second factor today, and they have none: the database says so,
-- and no cookie.

grant select (person_id, confirmed_at) on public.accounts_secondfactor to lk_guard;
grant select (person_id, removed_at) on public.accounts_passkey to lk_guard;
grant select on public.accounts_factordemand to lk_guard;

create function sec.must_enrol() returns boolean
language sql stable security definer set search_path = pg_catalog, sec as $$
  select exists (
      select 1 from public.accounts_personrole r
        join public.accounts_factordemand d on d.role = r.role
       where r.person_id = sec.me()
         and (r.active_from is null or r.active_from <= current_date)
         and (r.active_to is null or r.active_to > current_date)
         and d.active_from <= current_date and (d.active_to is null or d.active_to > current_date))
    and not exists (select 1 from public.accounts_secondfactor f
                     where f.person_id = sec.me() and f.confirmed_at is not null)
    and not exists (select 1 from public.accounts_passkey k
                     where k.person_id = sec.me() and k.removed_at is null)
$$;

revoke all on function sec.must_enrol() from public;
alter function sec.must_enrol() owner to lk_guard;
grant execute on function sec.must_enrol() to lk_web, lk_worker, lk_door, lk_linker;
