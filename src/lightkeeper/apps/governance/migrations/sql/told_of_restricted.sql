-- As before, of a record that is restricted too: a notice of it is not itself restricted.
-- Tell each agency that was given the record. The notice is the property of whoever is told; the owner of
-- the record sees whether it has been acknowledged.
create or replace function sec.tell_recipients(of_record bigint, the_kind text) returns int
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare told int := 0; b public.accounts_bucket; said text; one bigint; label int;
begin
  select r.reference into said from public.intake_record r where r.id = of_record;
  select x.* into b from public.accounts_bucket x
    join public.intake_record r on r.bucket_id = x.id where r.id = of_record;
  for one in
    select a.agency_id from public.accounts_audiencemember a where a.audience_id = b.audience_id
    union select t.agency_id from public.tasking_task t where t.record_id = of_record and t.sent_at is not null
    union select t.owner_id from public.tasking_task t where t.record_id = of_record
    except select b.owner_id
  loop
    label := sec.bucket_for(case when b.record_class = 7 then 1 else b.record_class end, one, b.level, b.compartment_id, array[b.owner_id]);
    insert into public.governance_notice (reference, kind, about, told_at, bucket_id)
      values ('NTC-' || upper(substr(encode(sha256(convert_to(
                said || one || clock_timestamp(), 'UTF8')), 'hex'), 1, 12)),
              the_kind, said, now(), label)
      on conflict do nothing;
    told := told + 1;
  end loop;
  return told;
end $$;
