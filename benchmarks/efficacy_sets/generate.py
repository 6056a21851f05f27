"""Makes the cases of the sets in this folder from their YAML: the same seed gives the same requests.

A file of attacks or of traffic has these keys:

    class: sql                    the class that figures are told by
    count: 300                    how many requests are made
    places: {query: 4, form: 2}   places of `places.yaml` by weight; a technique may have its own
    encodings: {plain: 5}         encoders and carriers by weight; where one does not fit the place, `plain` is taken
    rules: {quote: [...]}         productions for this file
    techniques: {union: ...}      payloads by technique: a block with one a line, a list, or a mapping
                                  {say: ..., count, places, encodings}
    requests: {name: ...}         whole requests by technique, in place of payloads
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import yaml

from efficacy_sets.cases import CARRIERS, Case, read_request
from efficacy_sets.encoders import AS_IT_IS, ENCODERS
from efficacy_sets.filters import FILTERS
from efficacy_sets.grammar import Grammar, productions

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
PARTS = {"tuned": (HERE, 11), "held-out": (HERE / "held_out", 1789)}
_TRIES = 12  # for a request that was not made before


def read_yaml(path: Path) -> dict[str, Any]:
    """One file of a set.

    Raises:
        SystemExit: it is no YAML mapping.
    """
    try:
        found = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise SystemExit(f"{path} is no YAML: {error}") from None
    return found if isinstance(found, dict) else _no_set(path)


def _no_set(path: Path) -> dict[str, Any]:
    raise SystemExit(f"{path} holds no set: a mapping is looked for")


def shared_rules(folder: Path) -> dict[str, list[str]]:
    """Rules that all files of a part use: heads of clients, prose, names."""
    rules: dict[str, list[str]] = {}
    for path in (*sorted(HERE.glob("rules-*.yaml")), *(sorted(folder.glob("rules-*.yaml")) if folder != HERE else ())):
        rules |= {name: productions(value) for name, value in read_yaml(path).items()}
    return rules


class Places:
    """Where payloads go: requests with a ⟦payload⟧, each with the way that a client escapes it there."""

    def __init__(self) -> None:
        self._places = read_yaml(HERE / "places.yaml")

    def names(self) -> list[str]:
        """All places."""
        return list(self._places)

    def put(self, payload: str, place: str, encoding: str, grammar: Grammar, name: str) -> Case:
        """A request with the payload in this place, under this encoding."""
        entry = self._places[place]
        encoder = ENCODERS.get(encoding)
        written = encoder.write(payload, grammar.random) if encoder else payload
        if encoding not in AS_IT_IS and entry.get("escape", "none") != "none":
            written = FILTERS[entry["escape"]](written, grammar.random)
        text = grammar.with_rules({"payload": [written]}).expand(grammar.random.choice(entry["say"]))
        sample = read_request(name, text)
        if encoding in CARRIERS:
            sample = CARRIERS[encoding][0](sample, grammar.random)
        return Case(sample, "block", "attack", "", place=place, encoding=encoding, shown=payload)


def fits(encoding: str, place: str) -> bool:
    """Whether the encoding makes sense in the place."""
    if encoding in CARRIERS:
        return place in CARRIERS[encoding][1]
    return ENCODERS[encoding].fits(place)


class Set:
    """One file: a class of attacks, or a kind of traffic."""

    def __init__(self, path: Path, part: str, rules: dict[str, list[str]], seed: int) -> None:
        self._data = read_yaml(path)
        self._path, self._part = path, part
        self.kind: str = self._data["class"]
        self.group: str = self._data.get("group", path.parent.name.removesuffix("s"))
        own = {name: productions(value) for name, value in self._data.get("rules", {}).items()}
        self._grammar = Grammar(rules | own, Random(f"{seed} {path.stem}"))
        self._places = Places()

    def cases(self) -> Iterator[Case]:
        """All requests of this file."""
        seen: set[str] = set()
        techniques = list(self._techniques())
        for number in range(int(self._data["count"])):
            technique = techniques[number % len(techniques)]
            try:
                for _ in range(_TRIES):
                    case = self._made(*technique, number)
                    key = f"{case.shown} {case.place} {case.encoding}" if case.shown else case.sample.wire().hex()
                    if key not in seen:
                        seen.add(key)
                        yield case
                        break
            except (KeyError, ValueError) as error:
                raise SystemExit(f"{self._path}: {technique[0]}: {type(error).__name__} {error}") from None

    def _techniques(self) -> Iterator[tuple[str, dict[str, Any], bool]]:
        for key, whole in (("techniques", False), ("requests", True)):
            for name, said in self._data.get(key, {}).items():
                entry = said if isinstance(said, dict) else {"say": said}
                technique = (name, entry | {"say": productions(entry["say"])}, whole)
                yield from [technique] * int(entry.get("weight", 1))

    def _made(self, technique: str, entry: dict[str, Any], whole: bool, number: int) -> Case:
        random = self._grammar.random
        payload = self._grammar.expand(random.choice(entry["say"]))
        name = f"{self._part}/{self.group}/{self.kind}/{technique}-{number}"
        if whole:
            case = Case(read_request(name, payload), "block", self.group, self.kind)
            case = replace(case, place=str(entry.get("place", "request")), encoding=str(entry.get("encoding", "plain")))
        else:
            place = _weighted(entry.get("places") or self._data["places"], random)
            encoding = _weighted(entry.get("encodings") or self._data.get("encodings") or {"plain": 1}, random)
            encoding = encoding if fits(encoding, place) else "plain"
            case = self._places.put(payload, place, encoding, self._grammar, name)
        wanted = self._data.get("wanted", "block" if "attack" in self.group or self.group == "unauthenticated" else "pass")
        account = bool(entry.get("account", self._data.get("account", False)))
        return replace(
            case, wanted=wanted, group=self.group, kind=self.kind, technique=technique, part=self._part, account=account
        )


def _weighted(weights: dict[str, int] | list[str], random: Random) -> str:
    if isinstance(weights, list):
        return random.choice(weights)
    return random.choices(list(weights), list(weights.values()))[0]


def cases(part: str) -> Iterator[Case]:
    """All cases of a part: `tuned` or `held-out`."""
    folder, seed = PARTS[part]
    rules = shared_rules(folder)
    for path in sorted(path for kind in ("attacks", "legitimate", "editorial") for path in (folder / kind).glob("*.yaml")):
        yield from Set(path, part, rules, seed).cases()
