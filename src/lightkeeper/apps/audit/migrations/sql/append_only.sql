-- Nobody changes what has been recorded: not the application, and not the owner without a trace.
create function sec.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'The audit log is only ever added to.' using errcode = '42501';
end $$;

create function sec.stamp_transaction() returns trigger language plpgsql as $$
begin
  new.transaction := pg_current_xact_id()::text::bigint;
  return new;
end $$;

create trigger stamp_transaction before insert on audit_event
  for each row execute function sec.stamp_transaction();

do $$ declare t text; begin
  foreach t in array array['audit_event', 'audit_leaf', 'audit_seal'] loop
    execute format('create trigger append_only before update or delete on %I '
      'for each row execute function sec.refuse_change()', t);
    execute format('create trigger no_truncate before truncate on %I '
      'for each statement execute function sec.refuse_change()', t);
  end loop;
end $$;
grant usage on schema sec to lk_sealer, lk_owner;
