-- A case goes when its years are over: one person of the agency proposes it, another confirms. As with records, the
-- roles of pages and jobs may delete nothing; functions of the guard delete, and keep proof without its content.
alter table breaches_casedisposal add constraint breaches_casedisposal_label foreign key (breach_id, bucket_id)
  references breaches_breach (id, bucket_id) on update cascade;
grant select, delete on breaches_breach, breaches_breachstep, breaches_description, breaches_assessment,
  breaches_ruling, breaches_notification, breaches_listing, breaches_affected, breaches_sighting, breaches_share,
  breaches_casedisposal to lk_guard;
grant select on breaches_breachrule to lk_guard;
grant update on breaches_casedisposal to lk_guard;

-- What stands in the way of it, for whoever may change the case: a word.
create function sec.stops_case_disposal(of_breach bigint) returns text
language sql stable security definer set search_path = pg_catalog, sec as $$
  select case
    when not coalesce(c.bucket_id = any(sec.writable()), false) then 'label'
    when c.status not in ('CLOSED', 'NO_BREACH') or c.ended_at is null then 'open'
    when not exists (select 1 from public.breaches_breachrule r
                      where r.active_from <= c.ended_at::date
                        and (r.active_to is null or r.active_to > c.ended_at::date)
                        and (c.ended_at::date + make_interval(years => r.kept_years))::date <= current_date)
      then 'years'
    when exists (select 1 from public.breaches_share s where s.breach_reference = c.reference
                    and s.told_at is not null and s.answered_at is null) then 'share'
    else '' end
    from (select of_breach as id) asked left join public.breaches_breach c using (id)
$$;

-- What was proposed stands as it was; it is withdrawn once, by whoever acts.
create function sec.keep_case_disposal() returns trigger
language plpgsql set search_path = pg_catalog, sec as $$
declare ends text[] := array['withdrawn_at', 'withdrawn_by_id', 'withdrawal_reason', 'bucket_id', 'review_due'];
begin
  if tg_op = 'INSERT' then
    if new.withdrawn_at is not null or new.proposed_by_id is distinct from sec.me()
       or sec.stops_case_disposal(new.breach_id) <> '' then
      raise exception 'It is proposed in one''s own name, when the years are over.' using errcode = '42501';
    end if;
  elsif (to_jsonb(old) - ends) is distinct from (to_jsonb(new) - ends) or old.withdrawn_at is not null
     or new.withdrawn_by_id is distinct from sec.me() then
    raise exception 'It can only be withdrawn, once, and in one''s own name.' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger keep_case_disposal before insert or update on breaches_casedisposal for each row
  when (current_user in ('lk_web', 'lk_worker')) execute function sec.keep_case_disposal();

-- As before; and a line goes with its case, by the guard alone.
create or replace function sec.keep_listing() returns trigger
language plpgsql set search_path = pg_catalog, sec as $$
declare follows text[] := array['bucket_left_id', 'bucket_right_id', 'record_id'];
begin
  if tg_op = 'DELETE' and current_user = 'lk_guard' then return old; end if;
  if tg_op <> 'UPDATE' or (to_jsonb(old) - follows) is distinct from (to_jsonb(new) - follows) then
    raise exception 'A list of who is affected is not changed.' using errcode = '42501';
  end if;
  return new;
end $$;

-- All of a case. An agency that was told of its share is told that the rest is gone.
create function sec.erase_case(c public.breaches_breach) returns void
language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  insert into public.governance_notice (reference, kind, about, told_at, bucket_id)
    select 'NTC-' || upper(substr(encode(sha256(convert_to(
             s.reference || 'gone' || clock_timestamp(), 'UTF8')), 'hex'), 1, 12)),
           'ERASED', s.reference, now(), s.bucket_id
      from public.breaches_share s where s.breach_reference = c.reference and s.told_at is not null
    on conflict do nothing;
  delete from public.breaches_sighting s using public.breaches_affected a, public.breaches_listing l
   where s.affected_id = a.id and a.listing_id = l.id and l.breach_id = c.id;
  delete from public.breaches_affected a using public.breaches_listing l
   where a.listing_id = l.id and l.breach_id = c.id;
  delete from public.breaches_share s where s.breach_reference = c.reference;
  delete from public.breaches_listing l where l.breach_id = c.id;
  delete from public.breaches_breachstep x where x.breach_id = c.id;
  delete from public.breaches_description x where x.breach_id = c.id;
  delete from public.breaches_assessment x where x.breach_id = c.id;
  delete from public.breaches_ruling x where x.breach_id = c.id;
  delete from public.breaches_notification x where x.breach_id = c.id;
  delete from public.breaches_casedisposal x where x.breach_id = c.id;
  delete from public.breaches_breach x where x.id = c.id;
end $$;

-- Confirm what another proposed. Returns the reference that is no more.
create function sec.dispose_of_case(of_disposal bigint) returns text
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare d public.breaches_casedisposal; c public.breaches_breach; stops text;
begin
  select * into d from public.breaches_casedisposal x where x.id = of_disposal for update;
  if d.id is null or d.withdrawn_at is not null or not d.bucket_id = any(sec.writable()) then
    raise exception 'There is no such proposal.' using errcode = '42501';
  end if;
  if sec.me() is null or d.proposed_by_id = sec.me() or not sec.may('handle_rights') then
    raise exception 'Another person, whose role allows it, confirms a disposal.' using errcode = '42501';
  end if;
  select * into c from public.breaches_breach x where x.id = d.breach_id for update;
  stops := sec.stops_case_disposal(c.id);
  if stops <> '' then
    raise exception 'Something stands on this case: %.', stops using errcode = '42501';
  end if;
  insert into public.governance_erasure
         (reference, kind, digest, erased_on, rule, proposed_by_id, confirmed_by_id, bucket_id)
    values (c.reference, 'Breach', encode(sha256(convert_to(c::text, 'UTF8')), 'hex'), current_date,
            'retention.breach', d.proposed_by_id, sec.me(), c.bucket_id);
  perform sec.erase_case(c);
  return c.reference;
end $$;

-- A restored backup erases it again, as it does records and reports. What it returns names no bytes.
alter function sec.erase_again(text, text, text, date, text, text, text) rename to erase_records_again;
create function sec.erase_again(the_reference text, the_kind text, the_digest text, on_day date,
                                on_rule text, proposer text, confirmer text) returns text
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare c public.breaches_breach;
begin
  if the_kind <> 'Breach' then
    return sec.erase_records_again(the_reference, the_kind, the_digest, on_day, on_rule, proposer, confirmer);
  end if;
  select * into c from public.breaches_breach x where x.reference = the_reference for update;
  if c.id is null then return null; end if;
  insert into public.governance_erasure
         (reference, kind, digest, erased_on, rule, proposed_by_id, confirmed_by_id, bucket_id)
    select the_reference, the_kind, the_digest, on_day, on_rule, one.id, two.id, c.bucket_id
      from public.accounts_person one, public.accounts_person two
     where one.username = proposer and two.username = confirmer
    on conflict (reference) do nothing;
  perform sec.erase_case(c);
  return '';
end $$;

do $$ declare f regprocedure; begin
  foreach f in array array['sec.stops_case_disposal(bigint)', 'sec.keep_case_disposal()', 'sec.keep_listing()',
    'sec.erase_case(breaches_breach)', 'sec.dispose_of_case(bigint)',
    'sec.erase_records_again(text, text, text, date, text, text, text)',
    'sec.erase_again(text, text, text, date, text, text, text)']::regprocedure[] loop
    execute format('revoke all on function %s from public', f);
    execute format('alter function %s owner to lk_guard', f);
  end loop;
end $$;
grant execute on function sec.stops_case_disposal(bigint), sec.dispose_of_case(bigint) to lk_web;
revoke all on function sec.erase_records_again(text, text, text, date, text, text, text) from lk_owner;
grant execute on function sec.erase_again(text, text, text, date, text, text, text) to lk_owner;
