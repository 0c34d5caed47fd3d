-- What was found follows the label of its case and that of its record; what was decided follows what
-- was found; what was said of a record follows the record. With a record it all goes.
alter table rights_step add constraint rights_step_label foreign key (case_id, bucket_id)
  references rights_case (id, bucket_id) on update cascade;
alter table rights_item add constraint rights_item_case_label foreign key (case_id, bucket_left_id)
  references rights_case (id, bucket_id) on update cascade;
alter table rights_item add constraint rights_item_record_label foreign key (record_id, bucket_right_id)
  references intake_record (id, bucket_id) on update cascade on delete cascade;
alter table rights_decision add constraint rights_decision_labels
  foreign key (item_id, bucket_left_id, bucket_right_id)
  references rights_item (id, bucket_left_id, bucket_right_id) on update cascade on delete cascade;
do $$ declare t text; begin
  foreach t in array array['rights_restriction', 'rights_correction'] loop
    execute format('alter table %I add constraint %s_label foreign key (record_id, bucket_id) '
      'references intake_record (id, bucket_id) on update cascade on delete cascade', t, t);
  end loop;
end $$;
create index restriction_of_record on rights_restriction (record_id);

grant select on rights_case, rights_correction to lk_guard;
grant select, insert, update on rights_restriction to lk_guard;
grant insert, select on rights_part to lk_guard;
grant usage on sequence rights_restriction_id_seq, rights_part_id_seq to lk_guard;
grant select, update on intake_record, intake_quarantined to lk_guard;

-- The same label in another class: owner, level, operation, audience, conditions and root stay.
create function sec.in_class(of_bucket int, the_class int) returns int
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare b public.accounts_bucket;
begin
  select * into b from public.accounts_bucket x where x.id = of_bucket;
  return sec.make_bucket(the_class, b.owner_id, b.level, b.compartment_id,
    (select array_agg(m.agency_id) from public.accounts_audiencemember m
      where m.audience_id = b.audience_id), b.conds, b.root_id);
end $$;

create function sec.relabel_with_row(r public.intake_record, the_class int) returns int
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare becomes int := sec.in_class(r.bucket_id, the_class);
begin
  -- Keys, memberships, links, contributions, reviews and the like follow by their foreign keys.
  update public.intake_record x set bucket_id = becomes where x.id = r.id;
  -- The row it came from may have a label of its own by now, and keeps all but its class.
  update public.intake_quarantined q set bucket_id = sec.in_class(q.bucket_id, the_class)
   where q.report_id = r.report_id and q.row_number = r.row_number;
  return becomes;
end $$;

-- Hide a record from use. Whoever may not read the restricted class no longer sees it or what is derived
-- from it, whatever they ask and by whatever way; those who were given it are told.
create function sec.restrict(of_record bigint, the_reference text, the_ground text, the_reason text)
returns boolean language plpgsql security definer set search_path = pg_catalog, sec as $$
declare r public.intake_record; b public.accounts_bucket; becomes int;
begin
  select * into r from public.intake_record x where x.id = of_record for update;
  select * into b from public.accounts_bucket x where x.id = r.bucket_id;
  if r.id is null or not coalesce(sec.may('handle_rights'), false) or b.owner_id <> sec.my_agency()
     or not r.bucket_id = any(sec.writable()) or b.record_class not in (1, 2) then
    return false;
  end if;
  perform sec.tell_recipients(r.id, 'RESTRICTED');
  becomes := sec.relabel_with_row(r, 7);
  insert into public.rights_restriction (reference, record_id, bucket_id, ground, reason, was_class,
         placed_by_id, placed_at, lift_reason)
    values (the_reference, r.id, becomes, the_ground, the_reason, b.record_class, sec.me(), now(), '');
  return true;
end $$;

create function sec.lift_restriction(of_restriction bigint, the_reason text) returns boolean
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare x public.rights_restriction; r public.intake_record; owner bigint;
begin
  select * into x from public.rights_restriction y where y.id = of_restriction for update;
  select * into r from public.intake_record y where y.id = x.record_id for update;
  select b.owner_id into owner from public.accounts_bucket b where b.id = r.bucket_id;
  if x.id is null or x.lifted_at is not null or not coalesce(sec.may('handle_rights'), false)
     or owner <> sec.my_agency() or not r.bucket_id = any(sec.writable()) then
    return false;
  end if;
  update public.rights_restriction y set lifted_by_id = sec.me(), lifted_at = now(),
         lift_reason = the_reason where y.id = x.id;
  perform sec.relabel_with_row(r, x.was_class);
  return true;
end $$;

-- Whoever was given a record is told of what is said beside it, whatever way that was entered.
create function sec.tell_of_correction() returns trigger
language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  perform sec.tell_recipients(new.record_id, 'CORRECTED');
  return null;
end $$;
create trigger tell_of_correction after insert on rights_correction
  for each row execute function sec.tell_of_correction();

-- Ask another agency for its part. The question belongs to whoever is asked; false if it stands already.
create function sec.ask_part(of_case bigint, of_agency bigint, the_reference text) returns boolean
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare c public.rights_case; label int; level smallint;
begin
  select * into c from public.rights_case x where x.id = of_case;
  if c.id is null or not coalesce(sec.may('handle_rights'), false)
     or not c.bucket_id = any(sec.writable()) or of_agency = sec.my_agency() then
    return false;
  end if;
  select b.level into level from public.accounts_bucket b where b.id = c.bucket_id;
  label := sec.bucket_for(8, of_agency, level, null, array[sec.my_agency()]);
  insert into public.rights_part (reference, case_reference, asked_by_id, name, born_on, identifiers,
         asked_at, answer, bucket_id)
    values (the_reference, c.reference, sec.my_agency(), c.name, c.born_on, c.identifiers, now(), '',
            label)
    on conflict do nothing;
  return found;
end $$;

-- What was asked stands as it was; a case moves only as it may, and each signs in their own name.
create function sec.keep_rights() returns trigger
language plpgsql set search_path = pg_catalog, sec as $$
declare moves text[] := array['RECEIVED>OPEN', 'RECEIVED>WITHDRAWN', 'OPEN>TO_SIGN', 'OPEN>WITHDRAWN',
  'TO_SIGN>OPEN', 'TO_SIGN>ANSWERED', 'TO_SIGN>WITHDRAWN'];
begin
  if tg_table_name = 'rights_part' then
    if old.answered_at is not null or new.answered_by_id is distinct from sec.me()
       or (to_jsonb(old) - array['answer', 'answered_at', 'answered_by_id'])
          is distinct from (to_jsonb(new) - array['answer', 'answered_at', 'answered_by_id']) then
      raise exception 'It can only be answered, once, and in one''s own name.' using errcode = '42501';
    end if;
    return new;
  end if;
  if (old.reference, old.owner_id, old.kind, old.name, old.received_on, old.received_by_id)
     is distinct from (new.reference, new.owner_id, new.kind, new.name, new.received_on, new.received_by_id)
     or old.status <> new.status and not old.status || '>' || new.status = any(moves)
     or old.status in ('ANSWERED', 'WITHDRAWN') and (to_jsonb(old) - array['bucket_id', 'review_due'])
        is distinct from (to_jsonb(new) - array['bucket_id', 'review_due'])
     or new.submitted_by_id is distinct from old.submitted_by_id
        and new.submitted_by_id is not null and new.submitted_by_id <> sec.me()
     or new.signed_by_id is distinct from old.signed_by_id and new.signed_by_id <> sec.me() then
    raise exception 'A case stands as it was received, and moves only as it may.' using errcode = '42501';
  end if;
  return new;
end $$;
do $$ declare t text; begin
  foreach t in array array['rights_case', 'rights_part'] loop
    execute format('create trigger keep_rights before update on %I for each row '
      'when (current_user in (''lk_web'', ''lk_worker'')) execute function sec.keep_rights()', t);
  end loop;
end $$;

do $$ declare f record; begin
  for f in select p.oid::regprocedure as signature from pg_proc p
            join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'sec'
             and p.proname in ('in_class', 'relabel_with_row', 'restrict', 'lift_restriction',
               'tell_of_correction', 'ask_part', 'keep_rights') loop
    execute format('revoke all on function %s from public', f.signature);
    execute format('alter function %s owner to lk_guard', f.signature);
  end loop;
end $$;
grant execute on function sec.restrict(bigint, text, text, text), sec.lift_restriction(bigint, text),
  sec.ask_part(bigint, bigint, text) to lk_web;
