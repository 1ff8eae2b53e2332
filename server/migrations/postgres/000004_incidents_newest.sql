-- Lists of incidents go by the time they were opened; a busy year has a million of them. Written when one opens, not at each event.
create index incidents_newest on incidents (workspace, opened_by);
