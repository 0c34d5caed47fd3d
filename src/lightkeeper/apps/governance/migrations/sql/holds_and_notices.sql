-- What is said of a record carries the record's label and follows it, and goes with it.
do $$ declare t text; begin
  foreach t in array array['governance_review', 'governance_hold', 'governance_disposal'] loop
    execute format('alter table %I add constraint %s_label foreign key (record_id, bucket_id) '
      'references intake_record (id, bucket_id) on update cascade on delete cascade', t, t);
    execute format('create index %s_of_record on %I (record_id)', t, t);
  end loop;
end $$;
-- The queue reads what is old, and records come in the order of their time.
create index record_by_age on intake_record using brin (recorded_at, review_due);

-- Whether this record, or all of this report, is held now.
create function sec.held(of_record bigint, of_report bigint) returns boolean
language sql stable security definer set search_path = pg_catalog, sec as $$
  select exists (select 1 from public.governance_hold h
                  where h.released_at is null and h.report_id = of_report
                    and (h.record_id is null or h.record_id = of_record))
$$;

-- A hold beats disposal, whoever disposes and by whatever way.
create function sec.keep_held() returns trigger
language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  if tg_table_name = 'intake_record' then
    if sec.held(old.id, old.report_id) then
      raise exception 'A hold stands on this record.' using errcode = '42501';
    end if;
  elsif exists (select 1 from public.governance_hold h
                 where h.report_id = old.id and h.released_at is null) then
    raise exception 'A hold stands on this report.' using errcode = '42501';
  end if;
  return old;
end $$;
create trigger keep_held before delete on intake_record for each row execute function sec.keep_held();
create trigger keep_held before delete on intake_report for each row execute function sec.keep_held();

-- What was placed, proposed or told stands as it was. It is ended once, by whoever acts.
create function sec.keep_governed() returns trigger
language plpgsql set search_path = pg_catalog, sec as $$
declare was jsonb; becomes jsonb := to_jsonb(new); ends text; ender text; begins text; said text;
begin
  if tg_table_name = 'governance_hold' then
    begins := 'placed_by_id'; ends := 'released_at'; ender := 'released_by_id'; said := 'release_reason';
  elsif tg_table_name = 'governance_disposal' then
    begins := 'proposed_by_id'; ends := 'withdrawn_at'; ender := 'withdrawn_by_id'; said := 'withdrawal_reason';
  elsif tg_table_name = 'governance_review' then
    begins := 'person_id';
  else
    ends := 'acknowledged_at'; ender := 'acknowledged_by_id'; said := 'acknowledged_at';
  end if;
  if tg_op = 'INSERT' then
    if becomes ->> ends is not null
       or (begins is not null and (becomes ->> begins)::bigint is distinct from sec.me()) then
      raise exception 'It begins open, and in one''s own name.' using errcode = '42501';
    end if;
    return new;
  end if;
  was := to_jsonb(old);
  -- The label may change, as that of anything; whoever may relabel is asked elsewhere.
  if (was - array[ends, ender, said, 'bucket_id', 'review_due'])
       is distinct from (becomes - array[ends, ender, said, 'bucket_id', 'review_due'])
     or was ->> ends is not null and (was -> ends, was -> ender, was -> said)
       is distinct from (becomes -> ends, becomes -> ender, becomes -> said)
     or was ->> ends is null and becomes ->> ends is not null
       and (becomes ->> ender)::bigint is distinct from sec.me() then
    raise exception 'It can only be ended, once, and in one''s own name.' using errcode = '42501';
  end if;
  return new;
end $$;
do $$ declare t text; begin
  foreach t in array array['governance_review', 'governance_hold', 'governance_disposal',
                           'governance_notice'] loop
    execute format('create trigger keep_governed before insert or update on %I for each row '
      'when (current_user in (''lk_web'', ''lk_worker'')) execute function sec.keep_governed()', t);
  end loop;
end $$;

do $$ declare f text; begin
  foreach f in array array['sec.held(bigint, bigint)', 'sec.keep_held()', 'sec.keep_governed()'] loop
    execute format('revoke all on function %s from public', f);
    execute format('alter function %s owner to lk_guard', f);
  end loop;
end $$;
grant select on governance_hold, intake_record, intake_report to lk_guard;
