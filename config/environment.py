"""Settings as they come from the environment: each is checked, and every fault is said at once.

Pure: it takes a mapping of names to texts. `config/settings.py` says which settings there are.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Collection, Mapping
from urllib.parse import SplitResult, urlsplit

YES = frozenset({"1", "true", "on", "yes", "y", "ok"})
NO = frozenset({"0", "false", "off", "no", "n", ""})
# How alike a stranger's name has to be to one of ours before it is taken for a slip (difflib's ratio).
ALIKE = 0.86
HOST_NAME = re.compile(r"(\*|\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?|\[[0-9A-Fa-f:.]+\])\Z")


class Environment:
    """Reads settings by name; what cannot be used is noted, and the default goes on in its place.

    So one start tells everything that is wrong: see `faults` when all have been read.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.names: set[str] = set()
        self.faults: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        self.names.add(name)
        return self._values.get(name, "").strip() or default

    def short(self, name: str, default: str, *, at_most: int) -> str:
        """A text on one line, of so many characters: it stands in titles and in the headers of letters."""
        given = self.text(name, default)
        if len(given) > at_most:
            has = f"It has {len(given)} characters, and may have {at_most}"
            self._refuse(name, f"{given[:at_most]}…", has)
            return default
        if len(given.splitlines()) > 1:
            self._refuse(name, " ".join(given.split()), "It is one line of text")
            return default
        return given

    def flag(self, name: str, *, default: bool) -> bool:
        given = self.text(name).lower()
        if given in YES:
            return True
        if given not in NO:
            self._refuse(name, given, "It is 1 (on) or 0 (off)")
        return default if not given else False

    def whole_number(self, name: str, default: int, *, at_least: int, at_most: int) -> int:
        return int(self._number(name, default, int, "a whole number", at_least, at_most))

    def number(self, name: str, default: float, *, at_least: float, at_most: float) -> float:
        return self._number(name, default, float, "a number", at_least, at_most)

    def choice(self, name: str, default: str, among: Collection[str]) -> str:
        """One of a few words, written in capitals or not."""
        given = self.text(name, default)
        if given.upper() in among:
            return given.upper()
        self._refuse(name, given, f"It is one of {', '.join(among)}")
        return default

    def several(self, name: str) -> list[str]:
        """What stands between commas, without what is empty."""
        return [word for part in self.text(name).split(",") if (word := part.strip())]

    def hosts(self, name: str, default: list[str]) -> list[str]:
        """Names of hosts, without scheme or port; `*` for any."""
        given = self.several(name)
        for host in given:
            if not HOST_NAME.match(host):
                self._refuse(
                    name,
                    host,
                    "It lists names of hosts, without https:// and without a port: meet.example.org",
                )
        return given or default

    def urls(self, name: str, schemes: Collection[str], example: str) -> list[str]:
        """Addresses such as `turn:host:port?transport=udp` (RFC 7064, RFC 7065), which have no slashes."""
        given = self.several(name)
        for url in given:
            scheme, colon, rest = url.partition(":")
            if not (colon and scheme.lower() in schemes and re.match(r"[A-Za-z0-9\[]", rest)):
                self._refuse(name, url, f"Each begins with {_either(schemes, ':')} and looks like {example}")
        return given

    def url(self, name: str, schemes: Collection[str], example: str, *, needs_path: bool = False) -> str:
        """An address with one of the schemes and a host; empty if there is none, or none that can be used."""
        # Schemes are written in any case (RFC 3986, 3.1).
        given = re.sub(r"\A[A-Za-z0-9+.-]+(?=://)", lambda found: found[0].lower(), self.text(name))
        if not given:
            return ""
        try:
            parts = urlsplit(given)
            usable = parts.scheme in schemes and bool(parts.hostname or _is_by_socket(parts))
            usable = usable and (parts.port is None or parts.port > 0)
        except ValueError:  # a port that is no number, a bracket without its pair
            usable = False
        if usable and needs_path:
            usable = len(parts.path) > 1
        if usable:
            return given
        self._refuse(
            name,
            without_password(given),
            f"It begins with {_either(schemes, '://')} and looks like {example}",
        )
        return ""

    def site(self, name: str, default: str) -> str:
        """Where people find the site: scheme, host and perhaps port, without a slash at the end."""
        example = "https://meet.example.org"
        url = self.url(name, ("https", "http"), example).rstrip("/")
        parts = urlsplit(url)
        if parts.path or parts.query or parts.fragment or parts.username:
            self._refuse(
                name, without_password(url), f"It is a host, and perhaps a port, and no more: {example}"
            )
            return default
        return url or default

    def address(self, name: str, default: str = "", *, with_name: bool) -> str:
        """An e-mail address; `with_name` lets a name stand before it: `Roundtable <meetings@example.org>`."""
        given = self.text(name)
        wanted = (
            r"[^<>@]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s,]+@[^<>@\s,]+" if with_name else r"[^<>@\s,]+@[^<>@\s,]+"
        )
        if not given or re.fullmatch(wanted, given):
            return given or default
        example = "Roundtable <meetings@example.org>" if with_name else "meetings@example.org, without a name"
        self._refuse(name, given, f"It is an e-mail address: {example}")
        return default

    def fault(self, sentence: str) -> None:
        """Note what is wrong between settings, each of which is right by itself."""
        self.faults.append(sentence)

    def misspelled(self) -> list[str]:
        """A sentence for each name in the environment that is almost one of ours, and does nothing."""
        strangers = sorted(set(self._values) - self.names)
        return [
            f"{name} is no setting and does nothing. Did you mean {near[0]}?"
            for name in strangers
            if name.isupper()
            if (near := difflib.get_close_matches(name, sorted(self.names), 1, ALIKE))
            if near[0] not in self._values
        ]

    def _number(
        self,
        name: str,
        default: float,
        read: Callable[[str], float],
        kind: str,
        lowest: float,
        highest: float,
    ) -> float:
        given = self.text(name)
        if not given:
            return default
        try:
            number = read(given)
        except ValueError:
            number = math.nan
        if lowest <= number <= highest:
            return number
        self._refuse(name, given, f"It is {kind} from {lowest:g} to {highest:g}")
        return default

    def _refuse(self, name: str, given: str, right: str) -> None:
        self.faults.append(f"{name} is “{given}”, which cannot be used. {right}.")


def without_password(url: str) -> str:
    """The address as it may be shown: it stands in a terminal, and perhaps in a log."""
    return re.sub(r"^([A-Za-z+]*:?//)?.*@", r"\1…@", url)


def _either(schemes: Collection[str], ending: str) -> str:
    *others, last = [scheme + ending for scheme in schemes]
    return f"{', '.join(others)} or {last}" if others else last


def _is_by_socket(parts: SplitResult) -> bool:
    """`postgres:///name`: the server of this machine, by its socket."""
    return parts.scheme in {"postgres", "postgresql", "sqlite"} and not parts.netloc
