-- What was erased, with all that a restored backup needs to erase it again. It is written to a file that
-- is kept apart from the backups; no content.
create function sec.erased_ledger() returns table (
  id bigint, reference text, kind text, digest text, erased_on date, rule text,
  proposed_by text, confirmed_by text)
language sql stable security definer set search_path = pg_catalog, sec as $$
  select e.id, e.reference, e.kind, e.digest, e.erased_on, e.rule, p.username, c.username
    from public.governance_erasure e join public.accounts_person p on p.id = e.proposed_by_id
    join public.accounts_person c on c.id = e.confirmed_by_id order by e.id
$$;

-- Erase what a backup brought back, as it was erased after the backup was made. Two people decided it
-- then; nothing that stood on it since, as the backup has it, stops it. Returns the digest of the bytes
-- it came in, or nothing if it is not there.
create function sec.erase_again(the_reference text, the_kind text, the_digest text, on_day date,
                                on_rule text, proposer text, confirmer text) returns text
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare r public.intake_record; p public.intake_report; label int; bytes text;
begin
  if the_kind = 'Record' then
    select * into r from public.intake_record x where x.reference = the_reference for update;
    if r.id is null then return null; end if;
    select x.digest into bytes from public.intake_report x where x.id = r.report_id;
    label := r.bucket_id;
    -- Whatever held it had been released.
    delete from public.governance_hold h
     where h.record_id = r.id or (h.report_id = r.report_id and h.record_id is null);
    -- Work on it had ended before it was erased; how, the backup does not know.
    update public.tasking_task t
       set status = case t.status when 'PROPOSED' then 'REJECTED' else 'CLOSED' end,
           closed_at = case t.status when 'PROPOSED' then null else on_day end
     where t.record_id = r.id and t.status in ('PROPOSED', 'SENT', 'ACCEPTED');
    perform sec.erase_dependents(r);
    delete from public.intake_record x where x.id = r.id;
  else
    select * into p from public.intake_report x where x.reference = the_reference for update;
    if p.id is null then return null; end if;
    bytes := p.digest;
    label := p.bucket_id;
    delete from public.governance_hold h where h.report_id = p.id;
    for r in select x.* from public.intake_record x where x.report_id = p.id loop
      perform sec.erase_dependents(r);
      delete from public.intake_record x where x.id = r.id;
    end loop;
    delete from public.intake_quarantined q where q.report_id = p.id;
    delete from public.intake_report x where x.id = p.id;
  end if;
  -- The proof of it comes back with it, where those who decided are known.
  insert into public.governance_erasure
         (reference, kind, digest, erased_on, rule, proposed_by_id, confirmed_by_id, bucket_id)
    select the_reference, the_kind, the_digest, on_day, on_rule, one.id, two.id, label
      from public.accounts_person one, public.accounts_person two
     where one.username = proposer and two.username = confirmer
    on conflict (reference) do nothing;
  return bytes;
end $$;

do $$ declare f regprocedure; begin
  foreach f in array array['sec.erased_ledger()',
    'sec.erase_again(text, text, text, date, text, text, text)']::regprocedure[] loop
    execute format('revoke all on function %s from public', f);
    execute format('alter function %s owner to lk_guard', f);
  end loop;
end $$;
grant usage on schema sec to lk_sealer, lk_owner;
grant execute on function sec.erased_ledger() to lk_sealer, lk_owner;
grant execute on function sec.erase_again(text, text, text, date, text, text, text) to lk_owner;
