"""The doors of intake."""

from lightkeeper.core.access.contract import Ask, Door

DOORS = {
    "intake:reports": Door(Ask.READ, shows="reports"),
    "intake:upload": Door(Ask.SESSION, ("GET", "POST")),
    "intake:columns": Door(Ask.READ, ("GET", "POST"), shows="one's own upload"),
    "intake:preview": Door(Ask.READ, shows="one's own upload"),
    "intake:confirm": Door(Ask.CHANGE, ("POST",)),
    "intake:report": Door(Ask.READ, shows="report"),
    "intake:report_progress": Door(Ask.SESSION, shows="counts of a report"),
    "intake:read_again": Door(Ask.CHANGE, ("POST",)),
    "intake:export": Door(Ask.DISCLOSE, ("POST",), shows="records"),
    "intake:quarantine": Door(Ask.READ, shows="quarantined rows"),
    "intake:quarantined": Door(Ask.READ, shows="quarantined row"),
    "intake:replay": Door(Ask.CHANGE, ("POST",)),
    "intake:discard": Door(Ask.CHANGE, ("POST",)),
    "intake:mappings": Door(Ask.READ, shows="mappings"),
    "intake:mapping": Door(Ask.READ, ("GET", "POST"), shows="mapping"),
    "intake:determine": Door(Ask.CHANGE, ("POST",)),
    "api:intake_determine": Door(Ask.CHANGE, ("POST",)),
    "intake:record": Door(Ask.READ, shows="record"),
    "api:intake_reports": Door(Ask.READ, shows="reports"),
    "api:intake_receive": Door(Ask.CHANGE, ("POST",)),
    "api:intake_mappings": Door(Ask.READ, shows="mappings"),
    "api:intake_make_mapping": Door(Ask.CHANGE, ("POST",)),
    "api:intake_record": Door(Ask.READ, shows="record"),
    "api:intake_replay": Door(Ask.CHANGE, ("POST",)),
    "api:intake_discard": Door(Ask.CHANGE, ("POST",)),
    "api:intake_report": Door(Ask.READ, shows="report"),
    "api:intake_quarantine": Door(Ask.READ, shows="quarantined rows"),
}
