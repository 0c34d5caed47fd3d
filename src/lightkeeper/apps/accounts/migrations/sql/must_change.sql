-- Whether whoever asks must choose a password of their own first. The guard reads this one column
-- of a credential, and tells it of oneself alone.

create function sec.must_change() returns boolean
language sql stable security definer set search_path = pg_catalog, sec as $$
  select exists (select 1 from public.accounts_credential c
                  where c.person_id = sec.me() and c.must_change)
$$;

grant select (person_id, must_change) on public.accounts_credential to lk_guard;
revoke all on function sec.must_change() from public;
grant execute on function sec.must_change() to lk_web;
alter function sec.must_change() owner to lk_guard;
