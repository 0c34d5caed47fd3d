-- What is derived from a record carries the record's label and follows it when it changes.
alter table intelligence_membership add constraint membership_label
  foreign key (record_id, bucket_id) references intake_record (id, bucket_id)
  on update cascade on delete cascade;
alter table intelligence_searchkey add constraint searchkey_label
  foreign key (record_id, bucket_id) references intake_record (id, bucket_id)
  on update cascade on delete cascade;
create index searchkey_of_record on intelligence_searchkey (record_id);
alter table intelligence_contribution add constraint contribution_label
  foreign key (record_id, bucket_id) references intake_record (id, bucket_id)
  on update cascade on delete cascade;

do $$ declare t text; begin
  foreach t in array array['intelligence_link', 'intelligence_judgement'] loop
    execute format('alter table %I add constraint %s_left_label foreign key (left_id, bucket_left_id) '
      'references intake_record (id, bucket_id) on update cascade on delete cascade', t, t);
    execute format('alter table %I add constraint %s_right_label foreign key (right_id, bucket_right_id) '
      'references intake_record (id, bucket_id) on update cascade on delete cascade', t, t);
  end loop;
end $$;

alter table intelligence_judgement add constraint judgement_labels
  unique (id, bucket_left_id, bucket_right_id);
alter table intelligence_undoing add constraint undoing_labels
  foreign key (judgement_id, bucket_left_id, bucket_right_id)
  references intelligence_judgement (id, bucket_left_id, bucket_right_id)
  on update cascade on delete cascade;

grant select on intake_record, intelligence_judgement, intelligence_undoing to lk_guard;
grant select, update on intelligence_link to lk_guard;

-- Whether a judgement that counts stands on the pair, kept beside the link for the review queue.
create function sec.mark_judged() returns trigger
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare l bigint; r bigint;
begin
  if tg_table_name = 'intelligence_judgement' then
    l := new.left_id; r := new.right_id;
  else
    select j.left_id, j.right_id into l, r from public.intelligence_judgement j
     where j.id = new.judgement_id
       and j.bucket_left_id = new.bucket_left_id and j.bucket_right_id = new.bucket_right_id;
    if l is null then
      raise exception 'There is no such judgement.' using errcode = '42501';
    end if;
  end if;
  update public.intelligence_link k set judged = exists (
      select 1 from public.intelligence_judgement j
       where j.left_id = l and j.right_id = r
         and not exists (select 1 from public.intelligence_undoing u where u.judgement_id = j.id))
   where k.left_id = l and k.right_id = r;
  return null;
end $$;
alter function sec.mark_judged() owner to lk_guard;
create trigger mark_judged after insert on intelligence_judgement
  for each row execute function sec.mark_judged();
create trigger mark_judged after insert on intelligence_undoing
  for each row execute function sec.mark_judged();
