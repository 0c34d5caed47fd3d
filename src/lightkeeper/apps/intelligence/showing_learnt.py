"""What the pages of models and of accuracy show, put together so that templates only repeat."""

from typing import Any

from django.utils.translation import gettext as _

from lightkeeper.apps.intelligence.models import LinkageModel
from lightkeeper.apps.intelligence.queries import GroupCard, Learnt
from lightkeeper.engine.accuracy.cards import Rate, worse_off
from lightkeeper.engine.linkage.clusters import REACH_BITS
from lightkeeper.engine.linkage.report import share


def model_row(row: LinkageModel) -> dict[str, Any]:
    seen = row.body.get("training", {}).get("seen")
    return {
        "model": row,
        "records": row.training.get("records"),
        "sources": row.training.get("sources", []),
        "comparisons": len(row.body.get("comparisons", ())),
        "unlinkable": None if seen is None else seen["unlinkable"],
        "notes": len(row.training.get("notes", ())),
    }


def model_page(found: Learnt) -> dict[str, Any]:
    report = found.report
    bits = [abs(one.bits) for comparison in report.comparisons for one in comparison.levels]
    return {
        "model": found.row,
        "report": report,
        "sources": found.row.training.get("sources", []),
        "before": found.before,
        "after": found.after,
        "most": max(bits, default=1.0),
        "sure_at": max(REACH_BITS, report.join_at),
        "figures": list(_figures(found)),
        "records_seen": f"{report.seen.records:,}" if report.seen else "",
        "pairs_seen": f"{report.seen.pairs_counted:,}" if report.seen else "",
    }


def _figures(found: Learnt) -> list[dict[str, str]]:
    report, figures = found.report, []
    if report.records is not None:
        figures.append({
            "label": _("Records it learnt from"), "value": f"{report.records:,}",
            "note": _("%(pairs)s pairs worth comparing") % {"pairs": f"{report.pairs or 0:,}"},
        })  # fmt: skip
    figures.append({
        "label": _("Pairs of one person, before comparing"),
        "value": _("1 in %(n)s") % {"n": f"{1 / report.prior:,.0f}"},
    })  # fmt: skip
    if report.seen is not None:
        figures.append({
            "label": _("Unlinkable records"), "value": share(report.seen.unlinkable),
            "note": _("say too little to be joined even with their like"),
        })  # fmt: skip
        figures.append({
            "label": _("Never joined alone"), "value": share(report.seen.unsure),
            "note": _("could not reach %(bits)s bits") % {"bits": f"{REACH_BITS:+.0f}"},
        })  # fmt: skip
    return figures


def card(found: GroupCard) -> dict[str, Any]:
    """A card with its rates in words, and who is linked worse in sentences."""
    one = found.card
    return {
        "group_card": found,
        "whole": _row(one.whole),
        "tables": [
            {
                "name": table.name,
                "groups": [row.group for row in table.rows],
                "shown": any(not row.suppressed for row in table.rows),
                "rows": [_row(row) for row in table.rows],
            }
            for table in one.tables
        ],
        "covered": None if one.covered >= 1 else share(one.covered),
        "worse": [
            _("%(table)s, %(group)s: %(measure)s %(rate)s, where it is %(whole)s of all.")
            % {
                "table": worse.table,
                "group": worse.group,
                "measure": _("precision") if worse.measure == "precision" else _("recall"),
                "rate": rate_words(worse.rate),
                "whole": rate_words(worse.whole),
            }
            for worse in worse_off(one)
        ],
    }


def _row(row: Any) -> dict[str, Any]:
    return {
        "row": row,
        "precision": None if row.suppressed else rate_words(row.precision),
        "recall": None if row.suppressed else rate_words(row.recall),
    }


def rate_words(rate: Rate) -> str:
    """`96% (91 to 99)`; `at least 95% (88 to 100)`; or that there is too little to say."""
    if rate.share is None:
        return _("too few to say")
    words = {"at least": _("at least "), "at most": _("at most ")}.get(rate.bound, "")
    return f"{words}{rate.share:.0%} ({rate.low * 100:.0f} {_('to')} {rate.high * 100:.0f})"
