"""The words on the wire as three places have them: our structs, the typedefs of a script, a page of docs/.

All are brought to one form: the members of a message by its `type`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any, get_args

import msgspec

# What a typedef may be: a text, an object (for each member whether it may be missing, and what it may be), or
# something else.
Alternative = str | dict[str, tuple[bool, list[Any]]] | None

TOKEN = re.compile(r'"[^"]*"|[\w.]+|[{}()<>\[\]|&:;,?]')
CLOSES = {"{": "}", "(": ")", "<": ">", "[": "]"}


# -- of messages.py ------------------------------------------------------------------------------


def of_structs(union: Any) -> dict[str, type[msgspec.Struct]]:
    """The structs of a union by their `type`."""
    return {str(struct.__struct_config__.tag): struct for struct in get_args(union)}


def members(struct: type[msgspec.Struct]) -> set[str]:
    """What a message of this struct has beside its `type`."""
    return {field.encode_name for field in msgspec.structs.fields(struct)}


# -- of messages.js ------------------------------------------------------------------------------


class Typedefs:
    """What JSDoc says in `@typedef` and `@property`."""

    def __init__(self, *scripts: str) -> None:
        self._bodies: dict[str, str] = {}
        for script in scripts:
            text = re.sub(r"^\s*/?\*+/? ?", "", script, flags=re.MULTILINE)
            for part in text.split("@typedef")[1:]:
                body, rest = _braced(part)
                if body == "object":
                    body = f"{{{'; '.join(_properties(rest))}}}"
                # What is only handed on stands in the other script.
                if (named := re.match(r"\s*(\w+)", rest)) and not body.startswith("import("):
                    self._bodies[named[1]] = body

    def alternatives(self, name: str) -> list[Alternative]:
        return _Reader(self, self._bodies[name]).union()

    def __contains__(self, name: str) -> bool:
        return name in self._bodies

    def texts(self, name: str) -> set[str]:
        return {one for one in self.alternatives(name) if isinstance(one, str)}

    def members(self, name: str) -> dict[str, bool]:
        """The members of an object, and whether each may be missing."""
        [found] = (one for one in self.alternatives(name) if isinstance(one, dict))
        return {member: optional for member, (optional, _) in found.items()}

    def messages(self, name: str) -> dict[str, dict[str, bool]]:
        """Of a union of messages the members of each by its `type`, and whether they may be missing."""
        found = {}
        for one in self.alternatives(name):
            assert isinstance(one, dict), f"{name} has something that is no message"
            for kind in one["type"][1]:
                found[kind] = {member: optional for member, (optional, _) in one.items() if member != "type"}
        return found


def _braced(text: str) -> tuple[str, str]:
    """What stands in the first pair of braces, and what comes after it."""
    start = text.index("{")
    end = _end(text, start)
    return text[start + 1 : end].strip(), text[end + 1 :]


def _end(text: str, start: int) -> int:
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] in "{[") - (text[place] in "}]")
        if not depth:
            return place
    raise AssertionError(f"a brace that is not closed: {text[start : start + 40]}")


def _properties(text: str) -> Iterator[str]:
    for part in text.split("@property")[1:]:
        body, rest = _braced(part)
        if named := re.match(r"\s*(\[?)(\w+)", rest):
            yield f"{named[2]}{'?' if named[1] else ''}: {body}"


class _Reader:
    """As much of TypeScript's grammar of types as we write."""

    def __init__(self, typedefs: Typedefs, body: str) -> None:
        self._typedefs = typedefs
        self._tokens = [*TOKEN.findall(body), ""]

    def _eat(self, *wanted: str) -> str:
        if wanted and self._tokens[0] not in wanted:
            return ""
        return self._tokens.pop(0)

    def union(self) -> list[Alternative]:
        found = self._intersection()
        while self._eat("|"):
            found += self._intersection()
        return found

    def _intersection(self) -> list[Alternative]:
        found = self._one()
        while self._eat("&"):
            pairs = itertools.product(found, self._one())
            found = [{**a, **b} if isinstance(a, dict) and isinstance(b, dict) else None for a, b in pairs]
        return found

    def _one(self) -> list[Alternative]:
        token = self._eat()
        if token == "import":
            # As in import("./state.js").ChatMessage: whoever asks names both scripts.
            self._eat("(")
            self._skip(")")
            token = self._eat().removeprefix(".")
        if token == "(":
            found = self.union()
            self._eat(")")
        elif token == "{":
            found = [self._object()]
        elif token.startswith('"'):
            found = [token[1:-1]]
        else:
            found = self._typedefs.alternatives(token) if token in self._typedefs else [None]
        while opens := self._eat("<", "["):
            self._skip(CLOSES[opens])
            found = [None]
        return found

    def _skip(self, end: str) -> None:
        while (token := self._eat()) != end:
            if token in CLOSES:
                self._skip(CLOSES[token])

    def _object(self) -> Alternative:
        found = {}
        while not self._eat("}"):
            name, optional = self._eat(), bool(self._eat("?"))
            self._eat(":")
            found[name] = optional, self.union()
            self._eat(",", ";")
        return found


# -- of signaling.md -----------------------------------------------------------------------------


class Page:
    """Examples in JSON, some of them with members alone, and tables whose first column is `type`."""

    def __init__(self, text: str) -> None:
        self.text = text

    def section(self, title: str) -> Page:
        _, _, rest = self.text.partition(f"\n## {title}")
        assert rest, title
        return Page(rest.partition("\n## ")[0])

    def without(self, title: str) -> Page:
        return Page(self.text.replace(self.section(title).text, ""))

    def rows(self) -> Iterator[tuple[list[str], list[str]]]:
        """Each row of a table, with the heads of its columns."""
        heads: list[str] = []
        for line in self.text.splitlines():
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if not line.startswith("|"):
                heads = []
            elif not heads:
                heads = cells
            elif not set(line) <= set("|-: "):
                yield heads, cells

    def examples(self) -> Iterator[tuple[str, set[str]]]:
        """The `type` of each example, and its members."""
        for found in re.finditer(r'\{"type": "([a-z-]+)"[,}]', self.text):
            yield found[1], self.members_at(found.start()) - {"type"}

    def described(self) -> Iterator[tuple[str, set[str]]]:
        """The `type` in each row of a table, and the members that the row names."""
        for heads, cells in self.rows():
            if len(heads) < 2 or not heads[1].startswith("members"):
                continue
            beside = set(re.findall(r"`(\w+)`", heads[1]))
            named = set(re.findall(r"`([a-z_]+)`", re.sub(r"\([^)]*\)", "", cells[1])))
            for kind in re.findall(r"`([a-z-]+)`", cells[0]):
                yield kind, named | beside

    def members_of(self, before: str) -> set[str]:
        """The members of the example that follows these words."""
        return self.members_at(self.text.index(before) + len(before))

    def members_at(self, start: int) -> set[str]:
        example = self.text[start : _end(self.text, start) + 1]
        found, depth, last = set(), 0, ""
        for token in re.findall(r'"[^"]*"|\S', example):
            depth += (token in "{[") - (token in "}]")
            if token.startswith('"') and depth == 1 and last in "{,":
                found.add(token.strip('"'))
            last = token
        return found
