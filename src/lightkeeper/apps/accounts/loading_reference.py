"""Entering the reference tables, agencies to code lists, as the owner of the tables."""

import csv
from collections.abc import Iterator
from datetime import date
from importlib.resources import files

from lightkeeper.apps.accounts.models import Agency, AgencyLaw, Area, Code

OWNER = "owner"
ENDS = ("active_to", "shipped_to")


def load_reference() -> dict[str, int]:
    """Bring agencies, their law, areas and code lists up to `refdata`. Returns rows by table."""
    return {
        "agencies": load_agencies(),
        "agency_laws": load_agency_laws(),
        "areas": load_areas(),
        "codes": load_codes(),
    }


def table(name: str) -> Iterator[dict[str, str]]:
    """The rows of one table of `refdata`."""
    with files("lightkeeper.refdata").joinpath(name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def load_agencies() -> int:
    rows = list(table("agencies.csv"))
    fields = ("name", "kind", "nation", "region", "area_code", "active_from", "active_to")
    Agency.objects.using(OWNER).bulk_create(
        [
            Agency(
                code=row["code"],
                name=row["name"],
                kind=row["kind"],
                nation=row["nation"],
                region=row["region"],
                area_code=row["area_code"],
                active_from=day(row["active_from"]),
                active_to=day(row["active_to"]),
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=fields,
    )
    by_code = {agency.code: agency for agency in Agency.objects.using(OWNER).all()}
    for row in rows:
        if row["parent"]:
            by_code[row["code"]].parent = by_code[row["parent"]]
    Agency.objects.using(OWNER).bulk_update(
        [by_code[row["code"]] for row in rows if row["parent"]], ["parent"]
    )
    return len(rows)


def load_agency_laws() -> int:
    """Bring the law under which agencies act up to the table, which is where it is corrected; the
    agencies that it names are there already. Returns how many rows it has.
    """
    rows = list(table("agency_laws.csv"))
    for row in rows:
        agency = Agency.objects.using(OWNER).get(code=row["agency"]) if row["agency"] else None
        AgencyLaw.objects.using(OWNER).update_or_create(
            agency=agency, kind=row["kind"], active_from=day(row["active_from"]),
            defaults={
                "law": row["law"], "active_to": day(row["active_to"]), "source": row["source"],
            },
        )  # fmt: skip
    return len(rows)


def load_areas() -> int:
    agencies = dict(Agency.objects.using(OWNER).values_list("code", "id"))
    rows = list(table("areas.csv"))
    Area.objects.using(OWNER).bulk_create(
        [
            Area(
                code=row["code"],
                name=row["name"],
                kind=row["kind"],
                agency_id=agencies.get(row["agency"]),
                region=row["region"],
                nation=row["nation"],
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "kind", "agency", "region", "nation"],
    )
    return len(rows)


def load_codes() -> int:
    rows = list(table("code_lists.csv"))
    known = {
        (code.list, code.code, code.active_from): code for code in Code.objects.using(OWNER).all()
    }
    fresh, changed = [], []
    for row in rows:
        facts = {
            "label": row["label"],
            "position": int(row["position"]),
            "active_to": day(row["active_to"]),
            "shipped_to": day(row["active_to"]),
            "note": row["note"],
            "source": row["source"],
        }
        key = (row["list"], row["code"], day(row["active_from"]))
        if key in known:
            for name in facts.keys() - (ENDS if _is_ended_here(known[key]) else ()):
                setattr(known[key], name, facts[name])
            changed.append(known[key])
        else:
            fresh.append(Code(list=key[0], code=key[1], active_from=key[2], **facts))
    Code.objects.using(OWNER).bulk_create(fresh)
    Code.objects.using(OWNER).bulk_update(changed, ["label", "position", "note", *ENDS])
    return len(rows)


def _is_ended_here(code: Code) -> bool:
    """Whether the deployment has ended it, to say it in its own words: it stays ended, on that day,
    whatever is shipped later. An end that was shipped is corrected by what is shipped.
    """
    return code.active_to not in (None, code.shipped_to)
