update intelligence_membership set component = cluster;

grant select on intelligence_membership, intelligence_contribution to lk_guard;
grant update (may_wait) on intelligence_link to lk_guard;

-- When a record's label changes, others may see another part of what is around it: until that has been
-- worked out again, each pair there may wait.
create function sec.pairs_may_wait() returns trigger
language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  update public.intelligence_link l set may_wait = true
   where not l.may_wait and l.left_id in (
     select near.record_id from public.intelligence_membership near
      where near.component = new.component);
  return null;
end $$;
revoke all on function sec.pairs_may_wait() from public;
alter function sec.pairs_may_wait() owner to lk_guard;
create trigger pairs_may_wait after update of bucket_id on intelligence_membership
  for each row when (old.bucket_id is distinct from new.bucket_id)
  execute function sec.pairs_may_wait();

-- Where the list of priorities may have to look next: of each part of the picture the records in sight
-- that add to a factor, with the most that any subject among them can come to. Parts are taken by that
-- sum. Records are told apart from parts by the caller, from the links in sight.
create function sec.priority_bounds(codes text[], caps float8[], halves float8[], on_day date,
                                    of_labels int[], of_threat text, how_many int, after int)
returns table (records bigint[], most float8)
language sql stable security definer set search_path = pg_catalog, sec as $$
  with seen as materialized (
    select c.record_id, c.factor, c.points, c.reliability, c.observed_on, c.bucket_id, c.threats
      from public.intelligence_contribution c
     where c.bucket_id = any((select sec.readable())::int[])
  ), factor as (
    select * from unnest(codes, caps, halves) as f(code, cap, half)
  ), each as (
    select coalesce(m.component, s.record_id) as part, s.factor,
           round(least(f.cap, sum(s.points * s.reliability
             * power(0.5, greatest(on_day - s.observed_on, 0) / f.half)))::numeric, 1)::float8
             as points,
           array_agg(s.record_id) as records,
           bool_or(s.bucket_id = any(of_labels)) as there,
           bool_or(of_threat = '' or of_threat = any(s.threats)) as meant
      from seen s
      join factor f on f.code = s.factor
      left join public.intelligence_membership m on m.record_id = s.record_id
     group by 1, 2, f.cap
  ), part as (
    select part, sum(points) as most from each group by part
    having bool_or(there) and bool_or(meant)
     order by 2 desc, 1 limit how_many offset after
  )
  select array(select distinct r from each e, unnest(e.records) as r where e.part = p.part order by r),
         p.most
    from part p order by p.most desc, p.part
$$;
revoke all on function sec.priority_bounds(text[], float8[], float8[], date, int[], text, int, int)
  from public;
alter function sec.priority_bounds(text[], float8[], float8[], date, int[], text, int, int)
  owner to lk_guard;
grant execute on function sec.priority_bounds(text[], float8[], float8[], date, int[], text, int, int)
  to lk_web, lk_worker;
