"""Whether those who come first harm most: ours beside plain ways, in a made-up nation.

    python bench/priority.py [--people N] [--seeds S ...] [--json FILE]

What is right is the nation's truth: how many children each person, and each network, harms. Scored
by nDCG@100. The best there could be is of everybody, known to an agency or not; those who tie share
what their places are worth. Records are joined to people, and people to networks, as they truly
are: this measures the ranking and not the linking. `everybody` ranks all of whom there is a record,
`said` those of whom some record says a harm.

Ours reads what records say of harm, and who was seen with a child whom a record says is at risk. In
this nation nobody else is seen so, and grades are drawn apart from what is so: the first flatters
all that read links, the second can only cost ours. Weights are as delivered; none was set on a
nation.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path

import igraph
import numpy as np
import pyarrow.parquet as pq
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from lightkeeper.engine.priority.networks import Membership, stand_network
from lightkeeper.engine.priority.reading import ACCESS, Reading, said_of_all, said_of_meeting
from lightkeeper.engine.priority.standing import stand
from lightkeeper.engine.priority.weights import delivered_weights
from lightkeeper.engine.records import Grading
from lightkeeper.engine.synthetic.nation import write_nation

PLACES = 100
TODAY = date(2026, 11, 30)
EVER = date(2000, 1, 1)
MEETING = "seen with a child"


def ndcg(scores: dict, gains: dict, places: int = PLACES) -> float:
    """Who has no score comes last; each of a tie has the mean of what its places are worth."""
    worth = 1 / np.log2(np.arange(2, places + 2))
    best = np.sort(np.array(list(gains.values()), float))[::-1][:places]
    tied = defaultdict(list)
    for key, score in scores.items():
        if score > 0:
            tied[score].append(gains.get(key, 0))
    found, at = 0.0, 0
    for score in sorted(tied, reverse=True):
        group = tied[score]
        found += float(np.mean(group)) * float(worth[at : at + len(group)].sum())
        at += len(group)
        if at >= places:
            break
    return found / float(best @ worth[: len(best)])


class Nation:
    """What agencies say, by the person it is truly about, and what is so."""

    def __init__(self, folder: Path) -> None:
        truth = {name: pq.read_table(folder / "truth" / f"{name}.parquet")
                 for name in ("records", "harm", "members", "networks", "persons")}  # fmt: skip
        children = truth["persons"].filter(truth["persons"]["is_child"])["person"].to_pylist()
        self.children = set(children)
        self.gains = defaultdict(int)
        for by in truth["harm"]["by"].to_pylist():
            self.gains[by] += 1
        rows = truth["networks"].select(["network", "children_harmed"]).to_pylist()
        self.network_gains = {row["network"]: row["children_harmed"] for row in rows}
        self.members = defaultdict(list)
        for row in truth["members"].to_pylist():
            self.members[row["network"]].append(row["person"])
        self.records = truth["records"].select(
            ["feed", "ref", "person", "other", "reported", "origin"]
        ).to_pylist()  # fmt: skip
        self.folder = folder

    def said(self, *, told: bool = False) -> dict:
        """Words of harm by person. `told`: as if every record named where it was heard."""
        person = {row["ref"]: row["person"] for row in self.records}
        heard = {row["ref"]: row["origin"] for row in self.records if row["origin"]}
        text = files("lightkeeper.engine.records").joinpath("gradings.yaml").read_text("utf-8")
        reading = Reading(yaml.safe_load(text)["reliability"])
        found = []
        for feed in ("police", "hub", "online"):
            table = pq.read_table(self.folder / "feeds" / f"{feed}.parquet")
            for row in table.filter(table["harm"].is_valid()).to_pylist():
                who = person[row["ref"]]
                source = heard.get(row["ref"]) if told else row["their_ref"]
                properties = {
                    "harms": [row["harm"]], "reference": [row["ref"]],
                    "heardFrom": [source] if source else [],
                    "happenedOn": [_day(row["happened"])], "knownOn": [_day(row["reported"])],
                }  # fmt: skip
                graded = Grading("3x5x2", row["src"], row["info"]) if row.get("src") else None
                if who not in self.children:
                    found.append((who, properties, graded))
        said = said_of_all(found, reading)
        for who, properties, graded in self._meetings():
            said.setdefault(who, []).extend(said_of_meeting(properties, graded, reading))
        return said

    def meetings(self) -> set:
        links = pq.read_table(self.folder / "feeds" / "links.parquet", columns=["ref", "kind"])
        return {row["ref"] for row in links.to_pylist() if row["kind"] == MEETING}

    def _meetings(self):
        """Links that say a grown-up was seen with a child of whom a report says a risk."""
        police = pq.read_table(self.folder / "feeds" / "police.parquet", columns=["ref", "role"])
        role = dict(zip(police["ref"].to_pylist(), police["role"].to_pylist(), strict=True))
        ends = {row["ref"]: row for row in self.records if row["feed"] == "links"}
        links = pq.read_table(self.folder / "feeds" / "links.parquet")
        for row in links.to_pylist():
            at_risk = role.get(row["first_ref"]) in ("child-at-risk", "missing-child")
            who = ends[row["ref"]]["other"]
            if row["kind"] == MEETING and at_risk and who not in self.children:
                days = {"happenedOn": [_day(row["happened"])], "knownOn": [_day(row["reported"])]}
                grading = Grading("3x5x2", row["src"], row["info"])
                yield who, {"reference": [row["ref"]], **days}, grading


def _day(text: str) -> str:
    form = "%Y-%m-%d" if text[4] == "-" else "%d/%m/%Y"
    return datetime.strptime(text, form).date().isoformat()


def plain_ways(nation: Nation) -> dict[str, dict]:
    """Score of each person by ways that weigh nothing."""
    count, newest, ties, plain = defaultdict(int), {}, set(), set()
    met = nation.meetings()
    for row in nation.records:
        if row["other"] is not None:
            tie = (min(row["person"], row["other"]), max(row["person"], row["other"]))
            ties.add(tie)
            if row["ref"] not in met:
                plain.add(tie)
        for who in {row["person"], row["other"]} - {None}:
            count[who] += 1
            day = _ordinal(row["reported"])
            newest[who] = max(newest.get(who, 0), day)
    ways = {"recency": newest, "report count": dict(count)}
    for note, edges in (("", ties), (" without meetings", plain)):
        names = sorted({who for tie in edges for who in tie})
        place = {who: at for at, who in enumerate(names)}
        graph = igraph.Graph(n=len(names), edges=[(place[a], place[b]) for a, b in sorted(edges)])
        ways[f"degree{note}"] = dict(zip(names, graph.degree(), strict=True))
        ways[f"PageRank{note}"] = dict(zip(names, graph.pagerank(), strict=True))
    return {
        name: {who: score for who, score in scores.items() if who not in nation.children}
        for name, scores in ways.items()
    }


def _ordinal(day) -> int:
    return date.fromisoformat(day).toordinal() if isinstance(day, str) else day.toordinal()


def people(nation: Nation, ways: dict, said: dict, told: dict) -> dict:
    weights = delivered_weights()
    ours = {who: stand(words, weights, TODAY) for who, words in said.items()}
    plain = {who: [replace(w, heard_from=(), reliability=1.0) for w in words]
             for who, words in said.items()}  # fmt: skip
    apart = {who: [w for w in words if w.factor != ACCESS] for who, words in said.items()}
    ranked = {
        "ours": {who: one.total for who, one in ours.items()},
        "ours without meetings": {w: stand(s, weights, TODAY).total for w, s in apart.items()},
        "ours, every origin named": {w: stand(s, weights, TODAY).total for w, s in told.items()},
        "ours without grading and origins":
            {who: stand(words, weights, TODAY).total for who, words in plain.items()},
        "words of harm": {who: len(words) for who, words in said.items()},
        "anybody of whom a harm is said": dict.fromkeys(said, 1),
    }  # fmt: skip
    found = {name: {"said": ndcg(scores, nation.gains)} for name, scores in ranked.items()}
    for name, scores in ways.items():
        among = {who: score for who, score in scores.items() if who in said}
        found[name] = {"everybody": ndcg(scores, nation.gains), "said": ndcg(among, nation.gains)}
    return found


def networks(nation: Nation, ways: dict, said: dict) -> dict:
    weights = delivered_weights()
    ours, best = {}, {}
    totals = {who: stand(words, weights, TODAY).total for who, words in said.items()}
    for network, members in nation.members.items():
        ever = [Membership(str(who), EVER, EVER) for who in members]
        words = {str(who): said.get(who, []) for who in members}
        ours[network] = stand_network([], words, ever, weights, TODAY).total
        best[network] = max((totals.get(who, 0) for who in members), default=0)
    ranked = {
        "ours": ours, "the first of its members": best,
        "members": {network: len(members) for network, members in nation.members.items()},
        "any": dict.fromkeys(nation.members, 1),
    }  # fmt: skip
    for name, scores in ways.items():
        join = max if name == "recency" else sum
        ranked[f"{name} of members"] = {
            network: join(scores.get(who, 0) for who in members)
            for network, members in nation.members.items()
        }
    return {name: ndcg(scores, nation.network_gains) for name, scores in ranked.items()}


def measure(number: int, seed: int) -> dict:
    folder = Path(tempfile.mkdtemp())
    try:
        write_nation(number, seed, folder / "nation")
        nation = Nation(folder / "nation")
        ways, said, told = plain_ways(nation), nation.said(), nation.said(told=True)
        started = time.process_time()
        for words in said.values():
            stand(words, delivered_weights(), TODAY)
        seconds = time.process_time() - started
        return {
            "people": number, "seed": seed, "records": len(nation.records),
            "who harm a child": len(nation.gains), "of whom a harm is said": len(said),
            "both": len(nation.gains.keys() & said.keys()), "networks": len(nation.network_gains),
            "seconds": seconds, "by people": people(nation, ways, said, told),
            "by networks": networks(nation, ways, said),
        }  # fmt: skip
    finally:
        shutil.rmtree(folder)


def _show_means(found: list) -> None:
    print(f"mean of {len(found)} seeds")
    for name, scores in found[0]["by people"].items():
        for who in scores:
            print(f"people, {who:12}{name:38}{_mean(one['by people'][name][who] for one in found)}")
    for name in found[0]["by networks"]:
        print(f"networks{'':12}{name:38}{_mean(one['by networks'][name] for one in found)}")


def _mean(values) -> str:
    every = list(values)
    return f"{np.mean(every):.3f} ({min(every):.3f} to {max(every):.3f})"


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--people", type=int, default=1_000_000)
    asked.add_argument("--seeds", type=int, nargs="+", default=[1])
    asked.add_argument("--json", type=Path)
    given = asked.parse_args()
    found = []
    for seed in given.seeds:
        found.append(one := measure(given.people, seed))
        print(", ".join(f"{name} {value:,.6g}" for name, value in one.items()
                        if not name.startswith("by ")))  # fmt: skip
        print(f"{'people, nDCG@100':38}{'everybody':>10}{'said':>10}")
        for name, scores in one["by people"].items():
            shown = [f"{scores[who]:.3f}" if who in scores else "" for who in ("everybody", "said")]
            print(f"{name:38}{shown[0]:>10}{shown[1]:>10}")
        print("networks, nDCG@100")
        for name, score in one["by networks"].items():
            print(f"{name:38}{score:>20.3f}", flush=True)
    if len(found) > 1:
        _show_means(found)
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
