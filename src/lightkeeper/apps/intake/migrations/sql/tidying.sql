-- For the worker, on behalf of nobody: what stands still because nothing waits in the queue for it.
grant select, update on accounts_errand to lk_guard;
grant select on procrastinate_jobs to lk_guard;
grant select, update on intake_report to lk_guard;

-- Errands that no job will do any more: the worker found that whoever asked may not act, or gave up.
create function sec.end_errands_left(because text) returns int
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare ended int;
begin
  update public.accounts_errand e set finished_at = now(), failed = because
   where e.finished_at is null and not exists (
     select 1 from public.procrastinate_jobs j
      where j.task_name = 'run_errand' and j.status in ('todo', 'doing')
        and (j.args ->> 'errand_id')::bigint = e.id);
  get diagnostics ended = row_count;
  return ended;
end $$;

-- Reports that nobody will read on: they say so, and another of the agency may have them read.
create function sec.set_aside_reports(because text) returns table (reference text)
language plpgsql security definer set search_path = pg_catalog, sec as $$
#variable_conflict use_column
begin
  return query
    update public.intake_report r set status = 'FAILED', failure = because
     where r.status in ('RECEIVED', 'PARSING') and not exists (
       select 1 from public.accounts_errand e
        where e.kind = 'intake.read' and e.finished_at is null
          and (e.arguments ->> 'report')::bigint = r.id)
    returning r.reference::text;
end $$;

-- Which of these bytes no report has. For the worker alone, because the answer counts what is hidden.
create function sec.unused_among(digests text[]) returns setof text
language sql stable security definer set search_path = pg_catalog, sec as $$
  select d from unnest(digests) d
   where not exists (select 1 from public.intake_report r where r.digest = d)
$$;

do $$ declare f regprocedure; begin
  foreach f in array array['sec.end_errands_left(text)', 'sec.set_aside_reports(text)',
    'sec.unused_among(text[])']::regprocedure[] loop
    execute format('revoke all on function %s from public', f);
    execute format('alter function %s owner to lk_guard', f);
    execute format('grant execute on function %s to lk_worker', f);
  end loop;
end $$;
