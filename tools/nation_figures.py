"""Make the figures that the synthetic nation is held to again, from public ones.

    python tools/nation_figures.py OPENDATA REFDATA

Both folders hold the CSVs that the README beside them names. What a publisher suppressed stays
blank: the nation's rate stands for it.
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parents[1] / "src/lightkeeper/engine/synthetic/nation"
FACTORS = {
    "10A": "Going_missing", "11A": "Child_sexual_exploitation", "12A": "Trafficking",
    "13A": "Gangs", "24A": "Child_criminal_exploitation", "15A": "Self_harm",
    "9A": "Unaccompanied_asylum_seeker",
}  # fmt: skip
# c suppressed, u of low reliability, x not available, z not applicable.
MARKS = {"c", "u", "x", "z", ".", ""}
TYPES = {"Sexual": "SEXUAL", "Labour": "LABOUR", "Domestic": "SERVITUDE", "Criminal": "CRIMINAL",
         "Organ Harvesting": "ORGAN", "Not specified or unknown": "UNKNOWN"}  # fmt: skip
AGES = {"Child (17 or under)": "child", "Adult (18 or over)": "adult"}
CARE = {
    "looked_after": "Children looked after during the year",
    "missing_children": "Children who had a missing incident during the year",
    "missing_incidents": "Number of missing incidents during the year",
}


def rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def areas(opendata: Path, refdata: Path) -> Iterator[dict[str, str]]:
    """One row for England, code blank, then one for each authority."""
    people = opendata / "ons_population_0_17_by_la_2012_2024.csv"
    need = opendata / "dfe_children_in_need_by_la_2013_2025.csv"
    factors = opendata / "dfe_assessment_factors_cse_missing_trafficking_by_la_2018_2025.csv"
    care = opendata / "dfe_looked_after_children_missing_by_la_2020_2024.csv"
    force, council = _forces(refdata), _councils(refdata)
    forces = list(rows(opendata / "england_force_indicators_derived.csv"))
    rate = {
        row[
            "force_id"
        ]: f"{1e4 * int(row['nrm_child_2023']) / int(row['population_0_17_mid2024']):.4f}"
        for row in forces
    }
    children = sum(int(row["population_0_17_mid2024"]) for row in forces)
    rate[""] = f"{1e4 * sum(int(row['nrm_child_2023']) for row in forces) / children:.4f}"
    found: dict[str, dict[str, str]] = {}
    for row in rows(people):
        if row["time_period"] == "2024" and row["geographic_level"] != "Regional":
            code = row["new_la_code"]
            found[code] = {
                "code": code, "name": row["la_name"] or "England", "region": row["region_name"],
                "force": force[code] if code else "", "council": council[code] if code else "",
                "children": row["population_estimate"],
            }  # fmt: skip
    for row in rows(need):
        if row["time_period"] == "2025" and row["geographic_level"] != "Regional":
            found[row["new_la_code"]]["in_need"] = row["Anypoint_child"]
    for row in rows(factors):
        if row["time_period"] == "2025" and row["geographic_level"] != "Regional":
            found[row["new_la_code"]] |= {ours: row[theirs] for ours, theirs in FACTORS.items()}
    for row in rows(care):
        if row["time_period"] == "2024" and row["geographic_level"] != "Regional":
            for ours, theirs in CARE.items():
                if row["CLA_group"] == theirs and row["new_la_code"] in found:
                    found[row["new_la_code"]][ours] = row["number"]
    for one in found.values():
        one["nrm_per_10000"] = rate.get(one["force"], "")
    for one in found.values():
        for name, value in one.items():
            one[name] = "" if value in MARKS else value
    yield found.pop("")
    yield from sorted(found.values(), key=lambda one: one["code"])


def _councils(refdata: Path) -> dict[str, str]:
    return {
        row["gss-code"]: f"council-{row['local-authority-code'].lower()}"
        for row in rows(refdata / "local_authorities.csv")
    }


def _forces(refdata: Path) -> dict[str, str]:
    force: dict[str, str] = {}
    by_county: dict[str, str] = {}
    for row in rows(refdata / "la_to_police_force.csv"):
        force[row["lad_code"]] = row["force_id"]
        by_county[row["county"]] = row["force_id"]
    for row in rows(refdata / "local_authorities.csv"):
        if row["nice-name"] in by_county:
            force[row["gss-code"]] = by_county[row["nice-name"]]
    return force


def referrals(opendata: Path) -> Iterator[dict[str, str]]:
    """Referrals of 2023 by police, of each age and set of types, by sex."""
    found: Counter[tuple[str, str, str]] = Counter()
    for row in rows(opendata / "nrm_referrals_by_police_force_2022q2_2023q4.csv"):
        types, age = row["exploitation_type"], AGES.get(row["age_at_exploitation"])
        if row["quarter"].startswith("2023") and age and types != "Total":
            ours = ";".join(code for name, code in TYPES.items() if name in types)
            found[age, ours, row["gender"].lower()] += int(row["people"])
    for age, types in sorted({key[:2] for key in found}):
        yield {
            "age": age, "types": types,
            **{sex: str(found[age, types, sex]) for sex in ("female", "male", "total")},
        }  # fmt: skip


def write(name: str, found: list[dict[str, str]]) -> None:
    with (HERE / name).open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(found[0]), lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(found)


def main() -> None:
    opendata, refdata = Path(sys.argv[1]), Path(sys.argv[2])
    write("areas.csv", list(areas(opendata, refdata)))
    write("referrals.csv", list(referrals(opendata)))


if __name__ == "__main__":
    main()
