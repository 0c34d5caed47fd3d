-- What is put on and lifted today, for the application's own guard: of roots under which the viewer may read or
-- write something, and of no other. That something carries a condition tells that it is there.
create or replace function sec.dated_conditions() returns table (
  root_id bigint, owner_id bigint, put int, lifted int)
language sql stable security definer set search_path = pg_catalog, sec as $$
  select d.root_id, b.owner_id, coalesce(bit_or(d.conds) filter (where d.puts), 0)::int,
         coalesce(bit_or(d.conds) filter (where not d.puts), 0)::int
    from public.accounts_datedcondition d join public.accounts_bucket b on b.id = d.bucket_id
   where d.active_from <= current_date and (d.active_to is null or d.active_to > current_date)
     and exists (select 1 from public.accounts_bucket seen
                  where seen.root_id = d.root_id and seen.owner_id = b.owner_id
                    and (seen.id = any(sec.readable()) or seen.id = any(sec.writable())))
   group by 1, 2
$$;
