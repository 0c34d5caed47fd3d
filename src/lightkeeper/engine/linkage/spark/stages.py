"""Stages of a run, kept as Parquet in one folder: what is finished is not done again.

The folder is named by what the run is of. Whoever runs the same again, after a kill or a loss of
power, goes on from the last stage that was finished.
"""

import fcntl
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds

from lightkeeper.engine.errors import EngineError

# What a stage holds may change from release to release: then everything is done anew.
FORMAT = "lightkeeper-spark/2"
UNFINISHED = ".new-"


@dataclass(frozen=True)
class Stages:
    """The folder of one run, held by this process alone."""

    folder: Path
    progress: Callable[[str, float], None]

    @classmethod
    @contextmanager
    def open(
        cls, work: Path, made_of: Mapping[str, Any], progress: Callable[[str, float], None]
    ) -> Iterator["Stages"]:
        """The stages of what is `made_of` just this, in `work`, which every machine must see.

        Raises: EngineError if another process is at work on it.
        """
        folder = work / digest_of(made_of)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise EngineError(f"Another run is at work in {folder}. Wait for it.") from error
            for left in folder.glob(f"*{UNFINISHED}*"):
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            yield cls(folder, progress)

    def keep(self, name: str, share: float, write: Callable[[str], Any]) -> str:
        """The folder of this stage, which `write` has filled whole, now or in an earlier run.

        Units: `share` of the run that is done when it begins.
        """
        self.progress(name, share)
        path = self.folder / name
        if not path.exists():
            # A killed run's Java may write for a moment longer: no two have one name.
            new = path.with_name(f"{name}{UNFINISHED}{uuid.uuid4().hex[:8]}")
            write(str(new))
            os.replace(new, path)
        return str(path)

    def note(self, name: str, share: float, find: Callable[[], Any]) -> Any:
        """What `find` gives, which JSON can say, found once."""

        def write(new: str) -> None:
            Path(new).write_text(json.dumps(find()), encoding="utf-8")

        return json.loads(Path(self.keep(f"{name}.json", share, write)).read_text(encoding="utf-8"))


def digest_of(made_of: Mapping[str, Any]) -> str:
    said = json.dumps({"format": FORMAT} | dict(made_of), sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def read(path: str, *columns: str, where: Any = None) -> pa.Table:
    """Columns of what a stage holds, in the order in which it was written."""
    # Beside its rows Spark writes a file that says it is done.
    files = sorted(str(file) for file in Path(path).glob("*.parquet"))
    return ds.dataset(files, format="parquet").to_table(list(columns) or None, filter=where)


def count(path: str) -> int:
    """How many rows it holds, by the ends of its files alone."""
    return int(ds.dataset(path, format="parquet").count_rows())
