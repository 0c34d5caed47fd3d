-- A kind of agency of which nothing is said can handle no breach. What the kinds that were known act under stands
-- here as `refdata` had it then, so that an upgrade without --rules has it; what a deployment has said stays.
insert into accounts_agencylaw (kind, law, active_from, source)
  select k.kind, k.law, date '2018-05-25', 'Data Protection Act 2018; to be confirmed by each controller'
    from (values ('police_force', 'PART_3'), ('national_body', 'PART_3'), ('command', 'PART_3'), ('unit', 'PART_3'),
                 ('local_authority', 'UK_GDPR'), ('combined_authority', 'UK_GDPR'), ('charity', 'UK_GDPR'),
                 ('government', 'UK_GDPR'), ('health', 'UK_GDPR'), ('industry', 'UK_GDPR')) k(kind, law)
   where not exists (select 1 from accounts_agencylaw l where l.kind = k.kind);
