"""What a made-up nation costs: rows a second, peak memory, bytes on disk; one process.

    python bench/nation.py [people]

A million people unless it is told another number; 26 million are ten million rows of agencies.
"""

import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from lightkeeper.engine.synthetic.nation import write_nation


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    folder = Path(tempfile.mkdtemp())
    wall, processor = time.perf_counter(), time.process_time()
    try:
        written = write_nation(people, 1, folder / "nation")
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    finally:
        shutil.rmtree(folder)
    rows = sum(many for name, many in written.rows.items() if name.startswith("feeds/"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{people:,} people, {rows:,} rows of agencies: {processor:.1f} s of processor, "
          f"{wall:.1f} s, {peak:.0f} MiB at most, {size / 1e6:,.0f} MB on disk")  # fmt: skip


if __name__ == "__main__":
    main()
