-- The order in which events are sealed. All with a transaction below a bound are final once no
-- transaction below it runs, so the sealer goes on from where it stopped without looking back.
create index event_in_order on audit_event (transaction, id);
