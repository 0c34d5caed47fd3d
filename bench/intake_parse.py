"""How fast rows become records: CSV reading and mapping, one core, memory constant.

    python bench/intake_parse.py [rows] [--keys]

Prints rows per second of CPU and of wall time, and the peak memory over the start.
"""

import argparse
import random
import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from lightkeeper.engine.formats import Fault, open_table
from lightkeeper.engine.records import apply_mapping, load_mapping, search_keys

MAPPING = """
name: bench
version: 1
kind: Person
source_key: [ref]
observed_on: seen
properties:
  name: {columns: [forename, surname], join: " "}
  firstName: forename
  lastName: surname
  birthDate: dob
  phone: mobile
  postcode: postcode
  gender: {column: sex, lookup: {M: male, F: female}}
"""
ON = date(2026, 11, 23)
CONSONANTS, VOWELS = "bcdfghjklmnprstvw", "aeiou"


def made_up(rng: random.Random, syllables: int) -> str:
    pairs = (rng.choice(CONSONANTS) + rng.choice(VOWELS) for _ in range(syllables))
    return "".join(pairs).title()


def generate(path: Path, rows: int, seed: int = 7) -> None:
    """Made-up people: 8 columns, one row in 200 with a bad date."""
    rng = random.Random(seed)
    firsts = [made_up(rng, 2) for _ in range(2000)]
    lasts = [made_up(rng, 3) for _ in range(20_000)]
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("ref,forename,surname,dob,mobile,postcode,sex,seen\r\n")
        for number in range(rows):
            day = (
                "30/02/1990"
                if number % 200 == 199
                else (
                    f"{rng.randint(1, 28):02d}/{rng.randint(1, 12):02d}/{rng.randint(1940, 2015)}"
                )
            )
            mobile = (
                f"07{rng.choice('145789')}{rng.randint(0, 99):02d} {rng.randint(0, 999999):06d}"
            )
            postcode = f"{rng.choice('BLMS')}{rng.randint(1, 40)} {rng.randint(1, 9)}" + "".join(
                rng.choices("ABDEFGHJLNPQRSTUWXYZ", k=2)
            )
            seen = f"{rng.randint(1, 28):02d}/{rng.randint(1, 12):02d}/2025"
            file.write(
                f"N{number},{rng.choice(firsts)},{rng.choice(lasts)},{day},{mobile},{postcode},"
                f"{rng.choice('MF')},{seen}\r\n"
            )


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--keys", action="store_true", help="also make the search keys")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        generate(path, given.rows)
        run(path, with_keys=given.keys)


def run(path: Path, *, with_keys: bool) -> None:
    mapping, before = load_mapping(MAPPING), peak_mib()
    table = open_table(path)
    wall, cpu = time.perf_counter(), time.process_time()
    records = faults = 0
    for item in table.rows():
        if isinstance(item, Fault):
            faults += 1
            continue
        found = apply_mapping(mapping, item.values, item.number, on=ON)
        if isinstance(found, list):
            faults += 1
            continue
        records += 1
        if with_keys:
            search_keys(found)
        if records % 200_000 == 0:
            print(f"  {records:>9,} records, peak {peak_mib():.0f} MiB", flush=True)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    rows = records + faults
    size = path.stat().st_size / 2**20
    print(f"{size:.0f} MiB, {rows:,} rows: {records:,} records, {faults:,} faults")
    print(f"{rows / cpu:,.0f} rows/s of CPU, {rows / wall:,.0f} rows/s of wall time")
    print(f"peak {peak_mib():.0f} MiB, {peak_mib() - before:.0f} MiB over the start")


if __name__ == "__main__":
    main()
