-- A compartment stands still from the day on which it was to be looked at again, and from the day on which it is
-- closed: nobody is a member of it then. It is looked at by one, and closed or taken up again by two.

grant select, insert, update on public.accounts_compartmentmove to lk_guard;
grant usage on sequence accounts_compartmentmove_id_seq to lk_guard;

create trigger rebuild_contexts after insert or update or delete on public.accounts_compartment
  for each statement execute function sec.on_rule_change();

-- Whether it takes part in the rule today.
create function sec.stands_still(of_compartment bigint) returns boolean
language sql stable security definer set search_path = pg_catalog, sec as $$
  select coalesce(least(c.review_on, c.closed_on) <= current_date, false)
    from public.accounts_compartment c where c.id = of_compartment
$$;

-- Look at it again: who runs it or approves its members says until when it is to stand.
create function sec.review_compartment(ref text, of_compartment bigint, because text, until date)
returns boolean language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  if not (sec.runs(of_compartment) or sec.approves(of_compartment)) or until is null
     or until <= current_date or until > current_date + 366 then return false; end if;
  update public.accounts_compartment c set review_on = until
   where c.id = of_compartment and c.closed_on is null;
  if not found then return false; end if;
  insert into public.accounts_compartmentmove (reference, compartment_id, what, standing, on_day, reason,
      proposed_by_id, proposed_at, decision)
    values (ref, of_compartment, 'REVIEW', 'APPROVED', until, because, sec.me(), now(), '');
  return true;
end $$;

create function sec.propose_move(ref text, of_compartment bigint, to_do text, because text, from_day date)
returns boolean language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  if not (sec.runs(of_compartment) or sec.approves(of_compartment)) or to_do not in ('CLOSE', 'REOPEN')
     or from_day < current_date or not exists (
       select 1 from public.accounts_compartment c where c.id = of_compartment
          and (c.closed_on is null) = (to_do = 'CLOSE')) then return false; end if;
  insert into public.accounts_compartmentmove (reference, compartment_id, what, standing, on_day, reason,
      proposed_by_id, proposed_at, decision)
    values (ref, of_compartment, to_do, 'PROPOSED', from_day, because, sec.me(), now(), '')
    on conflict (compartment_id) where standing = 'PROPOSED' do nothing;
  return found;
end $$;

-- By somebody of the owner who approves members, never who proposed it. What is taken up again is to be looked
-- at within a month.
create function sec.decide_move(ref text, approve boolean, because text) returns boolean
language plpgsql security definer set search_path = pg_catalog, sec as $$
declare one public.accounts_compartmentmove;
begin
  update public.accounts_compartmentmove m
     set standing = case when approve then 'APPROVED' else 'REFUSED' end,
         decision = because, decided_by_id = sec.me(), decided_at = now()
   where m.reference = ref and m.standing = 'PROPOSED' and sec.approves(m.compartment_id)
     and m.proposed_by_id <> sec.me() returning m.* into one;
  if one.id is null then return false; end if;
  if approve then
    update public.accounts_compartment c set
      closed_on = case when one.what = 'CLOSE' then greatest(one.on_day, current_date) end,
      review_on = case when one.what = 'CLOSE' then c.review_on
                       else least(greatest(c.review_on, current_date + 1), current_date + 31) end
     where c.id = one.compartment_id;
  end if;
  return true;
end $$;

create function sec.withdraw_move(ref text, because text) returns boolean
language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  update public.accounts_compartmentmove m
     set standing = 'WITHDRAWN', decision = because, decided_at = now()
   where m.reference = ref and m.standing = 'PROPOSED' and m.proposed_by_id = sec.me();
  return found;
end $$;

-- Nobody is proposed or approved while it stands still.
create function sec.no_member_while_still() returns trigger
language plpgsql security definer set search_path = pg_catalog, sec as $$
begin
  if new.standing in ('PROPOSED', 'APPROVED') and (tg_op = 'INSERT' or old.standing <> new.standing)
     and sec.stands_still(new.compartment_id) then
    raise exception 'It stands still: look at it again first.' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger no_member_while_still before insert or update on public.accounts_compartmentmember
  for each row when (current_user in ('lk_guard', 'lk_web', 'lk_worker'))
  execute function sec.no_member_while_still();

do $$ declare f regprocedure; begin
  foreach f in array array['sec.stands_still(bigint)', 'sec.no_member_while_still()',
    'sec.review_compartment(text, bigint, text, date)', 'sec.propose_move(text, bigint, text, text, date)',
    'sec.decide_move(text, boolean, text)', 'sec.withdraw_move(text, text)']::regprocedure[] loop
    execute format('revoke all on function %s from public', f);
    execute format('alter function %s owner to lk_guard', f);
  end loop;
end $$;
grant execute on function sec.review_compartment(text, bigint, text, date),
  sec.propose_move(text, bigint, text, text, date), sec.decide_move(text, boolean, text),
  sec.withdraw_move(text, text) to lk_web;
