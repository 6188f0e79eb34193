"""Faults of the simulated vendor: which requests they strike, and what they do to the answer."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import msgspec
from isal import isal_zlib

from .answers import Answer, Delivery, error_answer, json_answer
from .limits import not_entitled, too_many
from .pages import Page

_YEAR_MS: Final = 365 * 86_400_000
_BOMB_BYTES: Final = 1 << 28

PageFault = Callable[[Page, str], None]
AnswerFault = Callable[[Answer, str], Answer]


class FaultRule(msgspec.Struct, forbid_unknown_fields=True):
    """Strike requests whose path and query ``match``: every ``every``-th, ``times`` in all, with ``probability``."""

    action: str
    match: str = ".*"
    times: int | None = None
    every: int = 1
    probability: float = 1.0
    argument: str = ""

    def __post_init__(self) -> None:
        re.compile(self.match)
        if self.action not in ACTIONS:
            raise ValueError(f"fault {self.action!r} is unknown; use one of {', '.join(ACTIONS)}")


class FaultPlan:
    """The rules in force. Chance is seeded, so a run can be repeated."""

    def __init__(self, rules: list[FaultRule], seed: int) -> None:
        self.rules = rules
        self._seen = [0] * len(rules)
        self._struck = [0] * len(rules)
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose

    def pick(self, target: str) -> FaultRule | None:
        """The first rule that strikes this request."""
        for index, rule in enumerate(self.rules):
            if re.search(rule.match, target) is None:
                continue
            self._seen[index] += 1
            spent = rule.times is not None and self._struck[index] >= rule.times
            if spent or self._seen[index] % rule.every or self._random.random() >= rule.probability:
                continue
            self._struck[index] += 1
            return rule
        return None


def spoil_page(page: Page, rule: FaultRule | None, url: str) -> None:
    """Apply a rule that changes content; ``url`` is the page's own address. Rules of other kinds do nothing here."""
    fault = _PAGE_FAULTS.get(rule.action) if rule is not None else None
    if rule is not None and fault is not None:
        fault(page, rule.argument or (url if rule.action == "looping_next_url" else ""))


def spoil_answer(answer: Answer, rule: FaultRule | None) -> Answer:
    """Apply a rule that changes status, bytes or delivery."""
    fault = _ANSWER_FAULTS.get(rule.action) if rule is not None else None
    return answer if rule is None or fault is None else fault(answer, rule.argument)


def _rows(page: Page) -> list[Any]:
    return [] if isinstance(page.results, msgspec.UnsetType) else page.results


def _wrong_count(page: Page, _: str) -> None:
    page.results_count += 7


def _drop_rows(page: Page, argument: str) -> None:
    page.results = _rows(page)[: -int(argument or "10")]


def _duplicate_rows(page: Page, argument: str) -> None:
    rows = _rows(page)
    page.results = rows + rows[-int(argument or "10") :]
    page.count = page.results_count = len(page.results)


def _unsorted(page: Page, _: str) -> None:
    rows = _rows(page)
    rows[0], rows[-1] = rows[-1], rows[0]


def _wrong_ticker(page: Page, argument: str) -> None:
    page.ticker = argument or "ZZZZ"


def _flip_adjusted(page: Page, _: str) -> None:
    page.adjusted = not page.adjusted


def _foreign_year(page: Page, _: str) -> None:
    _rows(page)[0].t -= _YEAR_MS


def _spoil_bar(field: str, change: Callable[[Any], Any]) -> PageFault:
    def spoil(page: Page, _: str) -> None:
        rows = _rows(page)
        row = rows[len(rows) // 2]
        setattr(row, field, change(getattr(row, field)))

    return spoil


def _lose_next_url(page: Page, _: str) -> None:
    page.next_url = msgspec.UNSET


def _set_next_url(page: Page, argument: str) -> None:
    page.next_url = argument


def _refuse_as_200(page: Page, _: str) -> None:
    _empty_as_200(page, "")
    page.status = "NOT_AUTHORIZED"
    page.message = "You are not entitled to this data. Please upgrade your plan."


def _empty_as_200(page: Page, _: str) -> None:
    page.results = page.next_url = msgspec.UNSET
    page.results_count = page.query_count = page.count = 0


def _delayed(page: Page, _: str) -> None:
    page.status = "DELAYED"


def _odd_status(page: Page, argument: str) -> None:
    page.status = argument or "MAYBE"


def _status(code: int, name: str, text: str) -> AnswerFault:
    return lambda _answer, _argument: error_answer(code, name, text)


def _truncate(answer: Answer, _: str) -> Answer:
    return replace(answer, body=answer.body[: len(answer.body) // 2])


def _flip_byte(answer: Answer, _: str) -> Answer:
    middle = len(answer.body) // 2
    body = answer.body[:middle] + bytes([answer.body[middle] ^ 0x20]) + answer.body[middle + 1 :]
    return replace(answer, body=body)


def _break_trailer(answer: Answer, _: str) -> Answer:
    return replace(answer, body=answer.body[:-8] + bytes(8))


def _delivery(delivery: Delivery, default_delay_s: str = "0") -> AnswerFault:
    return lambda answer, argument: replace(answer, delivery=delivery, delay_s=float(argument or default_delay_s))


def _redirect(_: Answer, argument: str) -> Answer:
    return Answer(302, b"", {"Location": argument})


def _bomb(_: Answer, argument: str) -> Answer:
    # Deflate reaches a ratio of about 1000, so 256 MiB of spaces are about 256 kB on the wire.
    body = isal_zlib.compress(b" " * int(argument or str(_BOMB_BYTES)), 3, wbits=31)
    return Answer(200, body, {"Content-Type": "application/json", "Content-Encoding": "gzip"})


_PAGE_FAULTS: Final[dict[str, PageFault]] = {
    "wrong_count": _wrong_count,
    "dropped_rows": _drop_rows,
    "duplicated_rows": _duplicate_rows,
    "unsorted": _unsorted,
    "wrong_ticker": _wrong_ticker,
    "adjusted_flipped": _flip_adjusted,
    "foreign_year": _foreign_year,
    "null_field": _spoil_bar("c", lambda _: None),
    "text_field": _spoil_bar("c", lambda _: msgspec.Raw(b'"12.5"')),
    "nan": _spoil_bar("c", lambda _: msgspec.Raw(b"NaN")),
    "infinite": _spoil_bar("h", lambda _: msgspec.Raw(b"1e400")),
    "negative_volume": _spoil_bar("v", lambda _: -5),
    "zero_price": _spoil_bar("l", lambda _: 0),
    "low_above_high": _spoil_bar("l", lambda low: low * 2),
    "off_step": _spoil_bar("t", lambda time_ms: time_ms + 1),
    "missing_next_url": _lose_next_url,
    "looping_next_url": _set_next_url,
    "foreign_next_url": _set_next_url,
    "not_authorized_200": _refuse_as_200,
    "empty_200": _empty_as_200,
    "delayed": _delayed,
    "odd_status": _odd_status,
}

_ANSWER_FAULTS: Final[dict[str, AnswerFault]] = {
    "401": _status(401, "ERROR", "Unknown API Key"),
    "403": lambda _answer, _argument: not_entitled("Please upgrade your plan."),
    "404": _status(404, "NOT_FOUND", "Not found."),
    "400": _status(400, "ERROR", "Bad request"),
    "429": lambda _answer, argument: too_many(float(argument) if argument else None),
    "empty429": lambda _answer, _argument: Answer(429, b""),
    "500": _status(500, "ERROR", "Internal server error"),
    "502": _status(502, "ERROR", "Bad gateway"),
    "503": _status(503, "ERROR", "Service unavailable"),
    "504": _status(504, "ERROR", "Gateway timeout"),
    "html502": lambda _answer, _argument: Answer(502, b"<html>Bad Gateway</html>", {"Content-Type": "text/html"}),
    "not_json": lambda _answer, _argument: json_answer("sorry"),
    "truncated": _truncate,
    "flipped_byte": _flip_byte,
    "broken_trailer": _break_trailer,
    "gzip_bomb": _bomb,
    "redirect": _redirect,
    "slow_headers": _delivery(Delivery.SLOW_HEADERS, "2"),
    "drip": _delivery(Delivery.DRIP, "0.001"),
    "stall": _delivery(Delivery.STALL, "3600"),
    "cut_short": _delivery(Delivery.CUT_SHORT),
    "reset_before_headers": _delivery(Delivery.RESET_BEFORE_HEADERS),
    "reset_in_body": _delivery(Delivery.RESET_IN_BODY),
}

#: Every fault there is; a new one is one function and one line above.
ACTIONS: Final = (*_PAGE_FAULTS, *_ANSWER_FAULTS)
