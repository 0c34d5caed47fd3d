-- Conditions and consent with days, by whoever owns a record. They stand on the root that it hangs from, and
-- count for what its owner has hanging there. The web's role writes neither table.

-- As before; and when more of an owner's comes to hang from a root, what that owner had consented to or
-- lifted there ends: it was said of less. What was put on stays.
create or replace function sec.give_root(records bigint[]) returns bigint
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare root bigint; b public.accounts_bucket; becomes int;
begin
  select min(k.root_id) into root from public.intake_record r
    join public.accounts_bucket k on k.id = r.bucket_id where r.id = any(records);
  if root is null then
    insert into public.accounts_root (made_at) values (now()) returning id into root;
  end if;
  for b in select distinct k.* from public.intake_record r
             join public.accounts_bucket k on k.id = r.bucket_id
            where r.id = any(records) and k.root_id is null loop
    update public.accounts_consent c set active_to = current_date from public.accounts_bucket k
     where c.root_id = root and k.id = c.bucket_id and k.owner_id = b.owner_id
       and (c.active_to is null or c.active_to > current_date);
    update public.accounts_datedcondition d set active_to = current_date from public.accounts_bucket k
     where d.root_id = root and not d.puts and k.id = d.bucket_id and k.owner_id = b.owner_id
       and (d.active_to is null or d.active_to > current_date);
    becomes := sec.make_bucket(b.record_class, b.owner_id, b.level, b.compartment_id,
      (select array_agg(a.agency_id) from public.accounts_audiencemember a
        where a.audience_id = b.audience_id), b.conds, root);
    update public.intake_record set bucket_id = becomes
     where id = any(records) and bucket_id = b.id;
  end loop;
  return root;
end $$;

-- The label of a record that whoever asks may set conditions on, hung from a root if it hung from none.
create function sec.label_to_control(of_record bigint) returns public.accounts_bucket
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare found public.accounts_bucket;
begin
  if not sec.has_power('control') or not exists (
    select 1 from public.intake_record r join public.accounts_bucket b on b.id = r.bucket_id
     where r.id = of_record and b.owner_id = sec.my_agency() and b.id = any(sec.readable())) then
    raise exception 'Only whoever owns a record says how it is handled.' using errcode = '42501';
  end if;
  perform sec.give_root(array[of_record]);
  select b.* into found from public.intake_record r
    join public.accounts_bucket b on b.id = r.bucket_id where r.id = of_record;
  return found;
end $$;

create function sec.set_condition(ref text, of_record bigint, which int, put boolean, because text,
                                  since date, until date) returns boolean
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare label public.accounts_bucket := sec.label_to_control(of_record);
begin
  if since < current_date or until <= since then return false; end if;
  insert into public.accounts_datedcondition (reference, bucket_id, root_id, conds, puts, reason, set_by_id,
                                              set_at, active_from, active_to)
    values (ref, label.id, label.root_id, which, put, because, sec.me(), now(), since, until);
  return true;
end $$;

-- To an agency that may read it anyhow: consent lets it be passed on, and releases nothing by itself.
create function sec.give_consent(ref text, of_record bigint, whom bigint, because text,
                                 since date, until date) returns boolean
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare label public.accounts_bucket := sec.label_to_control(of_record);
begin
  if since < current_date or until is null or until <= since or not exists (
    select 1 from public.accounts_audiencemember a
     where a.audience_id = label.audience_id and a.agency_id = whom) then return false; end if;
  insert into public.accounts_consent (reference, bucket_id, root_id, agency_id, reason, given_by_id,
                                       given_at, active_from, active_to)
    values (ref, label.id, label.root_id, whom, because, sec.me(), now(), since, until);
  return true;
end $$;

-- At once, by anybody of the owner who may set such. Whether it was there to be ended.
create function sec.end_condition(ref text) returns boolean
language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  update public.accounts_datedcondition d set active_to = current_date from public.accounts_bucket b
   where d.reference = ref and b.id = d.bucket_id and b.owner_id = sec.my_agency()
     and b.id = any(sec.readable()) and sec.has_power('control')
     and (d.active_to is null or d.active_to > current_date);
  return found;
end $$;

create function sec.withdraw_consent(ref text) returns boolean
language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  update public.accounts_consent c set active_to = current_date from public.accounts_bucket b
   where c.reference = ref and b.id = c.bucket_id and b.owner_id = sec.my_agency()
     and b.id = any(sec.readable()) and sec.has_power('control')
     and (c.active_to is null or c.active_to > current_date);
  return found;
end $$;

do $$ declare f regprocedure; begin
  foreach f in array array['sec.give_root(bigint[])', 'sec.label_to_control(bigint)',
    'sec.set_condition(text, bigint, int, boolean, text, date, date)',
    'sec.give_consent(text, bigint, bigint, text, date, date)', 'sec.end_condition(text)',
    'sec.withdraw_consent(text)']::regprocedure[] loop
    execute format('revoke all on function %s from public', f);
    execute format('alter function %s owner to lk_guard', f);
  end loop;
end $$;
grant execute on function sec.set_condition(text, bigint, int, boolean, text, date, date),
  sec.give_consent(text, bigint, bigint, text, date, date), sec.end_condition(text),
  sec.withdraw_consent(text) to lk_web;
