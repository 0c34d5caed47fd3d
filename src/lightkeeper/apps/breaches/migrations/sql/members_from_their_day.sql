-- As before, but a membership that is approved and has not begun shows nothing to anybody yet. One that has ended
-- counts: whoever had it may have looked while it held.
create or replace function sec.leads_of_breach(refs text[], of_agency bigint)
returns table (ref text, record_id bigint, shown boolean)
language plpgsql stable security definer set search_path = pg_catalog, sec as $$
#variable_conflict use_column
begin
  return query
    with behind as materialized (select distinct r.ref from unnest(refs) r(ref)),
    own as materialized (
      select b.id from public.accounts_bucket b
       where b.owner_id = of_agency
          or b.audience_id in (select m.audience_id from public.accounts_audiencemember m
                                where m.agency_id = of_agency)
             and (b.compartment_id is null or exists (
               select 1 from public.accounts_compartmentmember m
                 join public.accounts_person p on p.id = m.person_id and p.agency_id = of_agency
                where m.compartment_id = b.compartment_id and m.standing = 'APPROVED'
                  and (m.active_from is null or m.active_from <= current_date)))
    ), hanging as (
      select b.ref, t.record_id as record from behind b join public.tasking_task t
        on t.reference = b.ref
      union select b.ref, c.record_id from behind b join public.safeguarding_consideration c
        on c.reference = b.ref
      union select b.ref, j.left_id from behind b join public.intelligence_judgement j
        on j.reference = b.ref
      union select b.ref, j.right_id from behind b join public.intelligence_judgement j
        on j.reference = b.ref
      union select b.ref, h.record_id from behind b join public.governance_hold h
        on h.reference = b.ref
      union select b.ref, q.record_id from behind b join public.sharing_enquiry q
        on q.reference = b.ref
      union select b.ref, i.record_id from behind b join public.rights_item i on i.reference = b.ref
      union select b.ref, c.record_id from behind b join public.rights_correction c
        on c.reference = b.ref
      union select b.ref, x.record_id from behind b join public.rights_restriction x
        on x.reference = b.ref
    )
    select b.ref, r.id, true from behind b join public.intake_record r
        on r.reference = case when b.ref like 'SUB-%' then 'REC-' || substr(b.ref, 5) else b.ref end
     where b.ref like 'REC-%' or b.ref like 'SUB-%'
    union all
    select h.ref, r.id, r.bucket_id in (select own.id from own)
      from hanging h join public.intake_record r on r.id = h.record;
end $$;
alter function sec.leads_of_breach(text[], bigint) owner to lk_guard;
