"""Rules over the whole source."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lightkeeper.apps.audit.choices import Did

PROJECT = Path(__file__).parents[2]
CODE = PROJECT / "src" / "lightkeeper"
LONGEST_FILE = 400

PAST_THE_GUARD = re.compile(r"_base_manager|\.raw\(|cursor\(|RawSQL|\.extra\(|(?<!\w)QuerySet\(")
# Files that go past the managers, each with its reason. Row-level security stands behind them all.
MAY_GO_PAST = {
    "core/access/policies.py": "makes the policies, as the owner of the tables",
    "core/database/postgres/base.py": "tells the server for whom a transaction runs",
    "core/locking.py": "holds a row that was found through the managers",
    "apps/accounts/actors.py": "asks the database who is acting",
    "apps/accounts/services.py": "closes and lists sessions, makes labels: the guard's functions",
    "apps/accounts/drafts.py": "keeps what was being written, by the guard's function",
    "apps/accounts/closing.py": "looks at and closes compartments by the guard's functions",
    "apps/accounts/entering.py": "opens sessions by the guard's function",
    "apps/accounts/limits.py": "counts tries by one statement, at the door",
    "apps/accounts/factors.py": "ends the other sessions by the guard's function",
    "apps/accounts/lost_factors.py": "ends a person's sessions by the guard's function",
    "apps/accounts/proving.py": "marks a session as proved by the guard's function",
    "apps/accounts/lasting.py": "renews by the guard's function",
    "apps/accounts/loading.py": "enters compartments as the owner of the tables",
    "apps/accounts/membership.py": "enters memberships by the guard's functions",
    "apps/accounts/worker.py": "takes up jobs that a killed worker left",
    "apps/audit/services.py": "enters an event that whoever enters it may not read back",
    "apps/audit/queries/log.py": "events have no label; a policy holds them to their agency",
    "apps/audit/queries/flagged.py": "flags have no label; a policy holds them to their agency",
    "apps/audit/queries/looking.py": "asks the guard's function who has looked",
    "apps/audit/sealing.py": "copies leaves, and takes the sealers' lock",
    "apps/audit/verifying.py": "reads the log as of one moment, without holding it in memory",
    "apps/audit/watching.py": "goes through a day's looks of everybody, as the linker",
    "apps/intake/watching.py": "reads the names on records that were looked at, as the linker",
    "apps/tasking/watching.py": "reads who had a part in work on a record, as the linker",
    "apps/intake/services.py": "takes a lock on a digest",
    "apps/intake/blobs.py": "takes the lock on the store of bytes",
    "apps/intake/tidying.py": "asks the guard's functions what stands still, for nobody",
    "apps/intake/storing.py": "enters a chunk of rows in one statement",
    "apps/intake/exporting.py": "locks nothing and reads labels that were asked of the guard",
    "apps/intelligence/sql.py": "the one place of the picture's own statements",
    "apps/intelligence/linker/lease.py": "holds its lock by a connection of its own",
    "apps/intelligence/linker/export.py": "reads every record as the linker, without holding it",
    "apps/safeguarding/services.py": "asks the guard's function what stands undecided",
    "apps/sharing/services.py": "asks the guard's functions across agencies",
    "apps/sharing/conditions.py": "sets conditions and consent by the guard's functions",
    "apps/tasking/services.py": "has the guard's function look where children came to be in tasks",
    "apps/governance/erased.py": "asks the guard's function what was erased, as the sealer",
    "apps/governance/reckoning.py": "one statement for the queue, and the guard's disposal",
    "apps/rights/services/records.py": "restricts and lifts by the guard's functions",
    "apps/rights/services/parts.py": "asks other agencies by the guard's function",
    "apps/breaches/services/disposal.py": "disposes of a case by the guard's function",
    "apps/breaches/services/cases.py": "reports a breach by the guard's function",
    "apps/breaches/services/listing.py": "has the guard's function read the log for a breach",
    "apps/breaches/queries/lists.py": "asks the guard's function whether a list is what it was",
    "cli/telling.py": "finds the story's compartment as the owner of the tables",
}  # fmt: skip
UNFINISHED = re.compile(
    r"\bTODO\b|\bFIXME\b|\bXXX\b|raise NotImplementedError|mark\.skip|mark\.xfail|"
    r"pytest\.skip\(|assert True\b"
)
MACHINE_PATH = re.compile(r"""["'\s(=](/(?:home|root|work|Users|mnt|tmp)/[\w.-]+)""")
ELSEWHERE = re.compile(r"(?:https?:)?//(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE)
# Names that are written like addresses and never asked for.
NAMES_ONLY = ("www.w3.org", "schemas.openxmlformats.org", "schemas.xmlsoap.org", "purl.org")


def sources(*endings: str, tests: bool = False, root: Path = CODE) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        within = path.relative_to(PROJECT).parts
        if path.suffix not in endings or ("migrations" in within and path.suffix == ".py"):
            continue
        if not tests and ("tests" in within or "testing" in within):
            continue
        if "vendor" not in within:
            yield path


def whole_project(*endings: str) -> Iterator[Path]:
    for folder in ("src", "tests", "bench", "tools"):
        if (PROJECT / folder).exists():
            yield from sources(*endings, tests=True, root=PROJECT / folder)


def test_only_the_listed_files_go_past_the_managers_and_each_still_does():
    found = {
        str(path.relative_to(CODE))
        for path in sources(".py")
        if PAST_THE_GUARD.search(_code_of(path))
    }

    assert found - set(MAY_GO_PAST) == set(), "say why, in MAY_GO_PAST"
    assert set(MAY_GO_PAST) - found == set(), "no longer needed in MAY_GO_PAST"


def _code_of(path: Path) -> str:
    """The source without comments, strings that stand alone, and definitions of such names."""
    return ast.unparse(_without_docstrings(ast.parse(path.read_text(encoding="utf-8"))))


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            kept = [n for n in body if not (isinstance(n, ast.Expr) and _is_text(n.value))]
            node.body = kept or [ast.Pass()]
    return tree


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@pytest.mark.parametrize("folder", ["views", "urls"])
def test_doors_take_their_rows_from_queries_and_not_from_managers(folder):
    for path in sources(".py"):
        if path.stem == folder or folder in path.parent.parts[-1:]:
            assert ".objects" not in _code_of(path), path


def test_no_file_is_longer_than_it_should_be():
    long = {
        str(path.relative_to(PROJECT)): count
        for path in whole_project(".py", ".html", ".sql")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }

    assert long == {}


def test_nothing_is_left_unfinished_or_passed_over():
    found = {
        f"{path.relative_to(PROJECT)}: {hit.group()}"
        for path in whole_project(".py", ".html", ".sql")
        if path != Path(__file__)
        for hit in UNFINISHED.finditer(path.read_text(encoding="utf-8"))
    }

    assert found == set()


def test_no_path_of_a_machine_stands_in_the_source():
    found = {
        f"{path.relative_to(PROJECT)}: {hit.group(1)}"
        for path in sources(".py", ".html", ".js", ".css", ".sql")
        for hit in MACHINE_PATH.finditer(path.read_text(encoding="utf-8"))
    }

    assert found == set()


def test_no_page_style_or_script_asks_another_host_for_anything():
    found = {
        f"{path.relative_to(PROJECT)}: {hit.group()}"
        for path in sources(".html", ".js", ".css", ".svg")
        for hit in ELSEWHERE.finditer(path.read_text(encoding="utf-8"))
        if not hit.group().partition("//")[2].startswith(NAMES_ONLY)
    }

    assert found == set()


# --- Events ----------------------------------------------------------------------------------


def calls_of_record() -> Iterator[tuple[Path, ast.Call]]:
    for path in sources(".py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("record", "audit.record"):
                yield path, node


def test_every_event_says_what_was_done_in_a_word_from_the_list():
    seen = 0
    for path, call in calls_of_record():
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        assert "did" in given, f"{path}:{call.lineno}"
        assert "by" in given, f"{path}:{call.lineno}"
        seen += 1
        for word in re.findall(r"Did\.(\w+)", ast.unparse(given["did"])):
            assert word in Did.__members__, f"{path}:{call.lineno}"
    assert seen > 20


# --- Templates -------------------------------------------------------------------------------

# Shown to developers only; a name; a sign; the only words of a page that must stand alone.
UNTRANSLATED = {"Lightkeeper", "SVG"}
NOT_FOR_READERS = {"gallery.html"}
TRANSLATED = re.compile(
    r"{%\s*block page_class\s*%}.*?{%\s*endblock\s*%}"
    r"|{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}|{%.*?%}|{{.*?}}|{#.*?#}"
    r"|{%\s*comment.*?endcomment\s*%}|<!--.*?-->|<!doctype[^>]*>|<(style|script)\b.*?</\1>",
    re.DOTALL | re.IGNORECASE,
)
SHOWN_ATTRIBUTES = re.compile(
    r"""\b(?:aria-label|placeholder|title|alt|data-label)=(?:"([^"]*)"|'([^']*)')"""
)


@pytest.mark.parametrize(
    "template", sorted(CODE.rglob("templates/**/*.html")), ids=lambda p: p.name
)
def test_every_word_of_a_template_is_marked_for_translation(template):
    if template.name in NOT_FOR_READERS:
        return
    left = TRANSLATED.sub(" ", template.read_text(encoding="utf-8"))
    shown = [a or b for a, b in SHOWN_ATTRIBUTES.findall(left)]
    text = re.sub(r"<[^>]*>", " ", left)
    words = {
        word
        for part in (text, *shown)
        for word in re.findall(r"[A-Za-z]{3,}", re.sub(r"&\w+;", " ", part))
    }

    assert words - UNTRANSLATED == set()
