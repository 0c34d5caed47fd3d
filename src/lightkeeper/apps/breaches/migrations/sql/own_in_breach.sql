-- Whether a list of a breach has an act of the person who asks, whatever the list was asked by; also where they
-- may not see the record that it was about.
create function sec.own_in_breach(of_breach bigint) returns boolean
language sql stable security definer set search_path = pg_catalog, sec as $$
  select exists (
    select 1 from public.breaches_listing l
      join public.breaches_affected a on a.listing_id = l.id
      join public.breaches_sighting s on s.affected_id = a.id
     where l.breach_id = of_breach and l.bucket_id = any(sec.readable())
       and s.person = (select p.username from public.accounts_person p where p.id = sec.me()))
$$;
revoke all on function sec.own_in_breach(bigint) from public;
alter function sec.own_in_breach(bigint) owner to lk_guard;
grant execute on function sec.own_in_breach(bigint) to lk_web;
