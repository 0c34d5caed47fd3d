-- A consideration is decided by its decision alone. The agency that owns it may give it a wider label,
-- and change nothing else: not what it is about, and not that it is still open.
create function sec.keep_consideration() returns trigger
language plpgsql set search_path = pg_catalog, sec as $$
begin
  raise exception 'Only a decision changes a consideration.' using errcode = '42501';
end $$;
revoke all on function sec.keep_consideration() from public;
alter function sec.keep_consideration() owner to lk_guard;
create trigger open_undecided before insert on safeguarding_consideration
  for each row when (new.decided and current_user in ('lk_web', 'lk_worker'))
  execute function sec.keep_consideration();
create trigger keep_consideration before update on safeguarding_consideration
  for each row when (
    (new.decided, new.reference, new.about, new.record_id, new.because, new.opened_at)
    is distinct from
    (old.decided, old.reference, old.about, old.record_id, old.because, old.opened_at)
    and current_user in ('lk_web', 'lk_worker'))
  execute function sec.keep_consideration();
