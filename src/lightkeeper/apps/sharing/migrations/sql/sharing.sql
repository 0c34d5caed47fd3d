-- Between agencies that may not see each other's records. Each function holds its own rule inside; what
-- it may look at is a list of labels, so that rows under any other are not read.
grant select on intelligence_searchkey, intelligence_membership, accounts_rolepower to lk_guard;
grant select, update on intake_record to lk_guard;
grant insert, select on sharing_enquiry to lk_guard;
grant insert, select on sharing_glassreview to lk_guard;
grant insert, update on accounts_exclusion to lk_guard;

alter table sharing_enquiry add constraint enquiry_label
  foreign key (record_id, bucket_id) references intake_record (id, bucket_id)
  on update cascade on delete cascade;

create function sec.has_power(wanted text) returns boolean
language sql stable security definer set search_path = pg_catalog, sec as $$
  select exists (select 1 from sec.mine() m
    join public.accounts_personrole r on r.person_id = m.person_id
    join public.accounts_rolepower p on p.role = r.role
   where p.power = wanted
     and (r.active_from is null or r.active_from <= current_date)
     and (r.active_to is null or r.active_to > current_date))
$$;

-- Which classes of record somebody's roles allow a verb on, today.
create function sec.classes_for(person bigint, wanted text) returns int[]
language sql stable security definer set search_path = pg_catalog, sec as $$
  select coalesce(array_agg(distinct g.record_class::int), '{}')
    from public.accounts_personrole r join public.accounts_rolegrant g on g.role = r.role
   where r.person_id = person and g.verb = wanted
     and (r.active_from is null or r.active_from <= current_date)
     and (r.active_to is null or r.active_to > current_date)
     and (g.active_from is null or g.active_from <= current_date)
     and (g.active_to is null or g.active_to > current_date)
$$;

-- Records under these labels that have every key of a group. The last key of a group is the rarest.
create function sec.holding(groups jsonb, among int[]) returns table (record_id bigint, bucket_id int)
language sql stable security definer set search_path = pg_catalog, sec as $$
  with asked as (
    select array(select k::bigint from jsonb_array_elements_text(g) with ordinality t(k, n)
                  order by n) as keys
      from jsonb_array_elements(groups) g
  )
  select distinct k.record_id, k.bucket_id
    from asked a cross join unnest(among) b(id)
    join public.intelligence_searchkey k on k.bucket_id = b.id and k.key = a.keys[cardinality(a.keys)]
   where not exists (
     select 1 from unnest(a.keys) w(key)
      where not exists (select 1 from public.intelligence_searchkey s
        where s.bucket_id = k.bucket_id and s.key = w.key and s.record_id = k.record_id))
   limit 200
$$;

-- Who holds something and may be rung. A silent pointer tells its holder and nobody else. The answer is
-- agencies, each once: no number, name, class or day of anything held.
create function sec.locate(groups jsonb, for_case text, because text) returns setof bigint
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare m sec.context := sec.mine(); among int[];
begin
  if m.person_id is null or not sec.has_power('locate') then return; end if;
  among := array(select b.id from public.accounts_bucket b
    where b.conds & 12 <> 0 and b.level <= m.level
      and b.record_class = any(sec.classes_for(m.person_id, 'locate'))
      and (b.root_id is null or b.root_id <> all(m.excluded))
      and b.id <> all(sec.readable()));
  return query
    with found as materialized (
      select h.record_id, h.bucket_id, b.owner_id, b.conds & 4 <> 0 as told
        from sec.holding(groups, among) h join public.accounts_bucket b on b.id = h.bucket_id
    ), noted as (
      insert into public.sharing_enquiry (reference, bucket_id, record_id, asked_by_id, agency_id,
                                          "case", reason, asked_at, silent)
      select 'ENQ-' || upper(substr(md5(f.record_id || clock_timestamp()::text || random()), 1, 9)),
             f.bucket_id, f.record_id, m.person_id, m.agency_id, for_case, because, now(), not f.told
        from found f
    )
    select distinct f.owner_id from found f where f.told;
end $$;

-- A root for these records, given to those that hang from none yet. Nothing else of a label changes, so
-- that nobody sees more or less by it.
create function sec.give_root(records bigint[]) returns bigint
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
    becomes := sec.make_bucket(b.record_class, b.owner_id, b.level, b.compartment_id,
      (select array_agg(a.agency_id) from public.accounts_audiencemember a
        where a.audience_id = b.audience_id), b.conds, root);
    update public.intake_record set bucket_id = becomes
     where id = any(records) and bucket_id = b.id;
  end loop;
  return root;
end $$;

-- The records that the whole picture joins to these.
create function sec.joined_to(records bigint[]) returns bigint[]
language sql stable security definer set search_path = pg_catalog, sec as $$
  select array(select unnest(records) union
    select near.record_id from public.intelligence_membership m
      join public.intelligence_membership near on near.cluster = m.cluster
     where m.record_id = any(records))
$$;

create function sec.break_glass(groups jsonb, of_danger text, because text,
                                out glass text[], out records text[])
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare m sec.context := sec.mine(); among int[]; found bigint[]; one record; ref text;
begin
  glass := '{}'; records := '{}';
  if m.person_id is null or not sec.has_power('break_glass') then return; end if;
  among := array(select b.id from public.accounts_bucket b
    where b.record_class in (1, 2) and b.level <= m.level
      and b.record_class = any(sec.classes_for(m.person_id, 'read'))
      and (b.root_id is null or b.root_id <> all(m.excluded))
      and b.id <> all(sec.readable()));
  found := array(select h.record_id from sec.holding(groups, among) h);
  if found = '{}' then return; end if;
  found := array(select r.id from public.intake_record r
                  where r.id = any(sec.joined_to(found)) and r.bucket_id = any(among) order by r.id);
  perform sec.give_root(found);
  for one in
    select b.root_id, b.owner_id, min(r.id) as first from public.intake_record r
      join public.accounts_bucket b on b.id = r.bucket_id
     where r.id = any(found) group by 1, 2 order by 3
  loop
    -- A record's own letters, the day and the person: random to everybody else.
    ref := 'GLS-' || upper(substr(md5(one.first || m.person_id::text || clock_timestamp() || random()), 1, 11));
    insert into public.accounts_glass (reference, bucket_id, root_id, person_id, danger, justification,
                                       opened_at, until, reviewed)
      values (ref, sec.make_bucket(1, one.owner_id, 1, null, array[m.agency_id], 0, null), one.root_id,
              m.person_id, of_danger, because, now(), now() + interval '4 hours', false);
    glass := glass || ref;
  end loop;
  records := array(select r.reference from public.intake_record r where r.id = any(found) order by r.id);
end $$;

create function sec.close_glass(of_reference text) returns boolean
language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  update public.accounts_glass set ended_at = now()
   where reference = of_reference and person_id = sec.me() and ended_at is null and until > now();
  return found;
end $$;

-- Keeping somebody from what the picture joins to a record of one's own agency, whoever owns it: it comes
-- to hang from one root. The exclusion carries the record's label, which the excluded then do not see.
create function sec.exclude(of_record bigint, whom bigint, because text) returns boolean
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare root bigint; label int;
begin
  if not sec.has_power('exclude') or not exists (
    select 1 from public.intake_record r join public.accounts_bucket b on b.id = r.bucket_id
     where r.id = of_record and b.owner_id = sec.my_agency() and b.id = any(sec.readable())) then
    raise exception 'Only whoever owns a record excludes somebody from it.' using errcode = '42501';
  end if;
  perform sec.give_root(sec.joined_to(array[of_record]));
  select b.id, b.root_id into label, root from public.intake_record r
    join public.accounts_bucket b on b.id = r.bucket_id where r.id = of_record;
  if exists (select 1 from public.accounts_exclusion e where e.root_id = root and e.person_id = whom
                and (e.active_to is null or e.active_to > current_date)) then
    return false;
  end if;
  insert into public.accounts_exclusion (bucket_id, root_id, person_id, reason, set_by_id, active_from)
    values (label, root, whom, because, sec.me(), current_date);
  return true;
end $$;

create function sec.let_back(of_exclusion bigint) returns boolean
language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  update public.accounts_exclusion e set active_to = current_date from public.accounts_bucket b
   where e.id = of_exclusion and b.id = e.bucket_id and b.owner_id = sec.my_agency()
     and b.id = any(sec.readable()) and sec.has_power('exclude') and e.person_id <> sec.me()
     and (e.active_to is null or e.active_to > current_date);
  return found;
end $$;

-- A review is of the agency whose records were opened, and not of who opened them. Once.
create function sec.review_glass(of_reference text, found_it text, because text) returns boolean
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare g public.accounts_glass;
begin
  select k.* into g from public.accounts_glass k join public.accounts_bucket b on b.id = k.bucket_id
   where k.reference = of_reference and b.owner_id = sec.my_agency() and k.person_id <> sec.me()
     and not k.reviewed and b.id = any(sec.readable()) and sec.has_power('review_glass')
     for update of k;
  if g.id is null then return false; end if;
  update public.accounts_glass set reviewed = true where id = g.id;
  insert into public.sharing_glassreview (bucket_id, glass_id, finding, reason, person_id, reviewed_at)
    values (g.bucket_id, g.id, found_it, because, sec.me(), now());
  return true;
end $$;

do $$ declare f regprocedure; begin
  foreach f in array array[
    'sec.has_power(text)', 'sec.classes_for(bigint, text)', 'sec.holding(jsonb, int[])',
    'sec.locate(jsonb, text, text)', 'sec.give_root(bigint[])', 'sec.joined_to(bigint[])',
    'sec.break_glass(jsonb, text, text)', 'sec.close_glass(text)',
    'sec.exclude(bigint, bigint, text)', 'sec.let_back(bigint)', 'sec.review_glass(text, text, text)']::regprocedure[] loop
    execute format('revoke all on function %s from public', f);
    execute format('alter function %s owner to lk_guard', f);
  end loop;
end $$;
grant execute on function sec.locate(jsonb, text, text), sec.break_glass(jsonb, text, text),
  sec.close_glass(text), sec.exclude(bigint, bigint, text), sec.let_back(bigint),
  sec.review_glass(text, text, text) to lk_web;
