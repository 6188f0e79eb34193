"""The simulated vendor: answers to requests, under the limits, plan and faults in force."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

import msgspec
from starlette.requests import Request

from services.downloader.exchange import midnight_ms

from . import reference
from .answers import Answer, compressed, error_answer, json_answer, request_id, takes_gzip
from .config import SimConfig
from .faults import FaultPlan, FaultRule, spoil_answer, spoil_page
from .journal import Journal
from .limits import RateLimits, key_refusal, not_entitled
from .market import Market, day_of_ms
from .pages import Page, aggregates_page, grouped_page
from .profiles import Profile, profile_of, with_density
from .query import AggregatesQuery, BadQueryError, parse_day, parse_query

#: Header on every answer; a client that sees it knows that the data are made up.
SIMULATOR_HEADER: Final = "X-Zac-Simulator"
_CACHE_BYTES: Final = 128 << 20
_RENDER_THREADS: Final = 2

Make = Callable[[Request, FaultRule | None], Answer]


class Vendor:
    """State of one simulator. The event loop owns it; pages are rendered in threads."""

    def __init__(self, config: SimConfig) -> None:
        self.journal = Journal()
        self.base_url = ""
        self._threads = ThreadPoolExecutor(_RENDER_THREADS, thread_name_prefix="render")
        self.configure(config)
        self.set_faults([])

    def configure(self, config: SimConfig) -> None:
        """Put other settings in force."""
        self.config = config
        self.market = Market(config.seed, _profiles(config))
        self._limits = RateLimits(time.monotonic)
        self._pages: OrderedDict[AggregatesQuery, Answer] = OrderedDict()
        self._pages_bytes = 0

    def set_faults(self, rules: list[FaultRule]) -> None:
        """Put other fault rules in force; their counts start anew."""
        self.faults = FaultPlan(rules, self.config.seed)

    def close(self) -> None:
        """Stop the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def answer(self, kind: str, request: Request, make: Make) -> Answer:
        """Answer one request; it is in the journal from its arrival on."""
        words = {name: value for name, value in request.query_params.items() if name != "apiKey"}
        query = "&".join(f"{name}={value}" for name, value in words.items())
        key = _key(request)
        record = self.journal.open(kind, request.url.path, query, bool(key))
        try:
            if self.config.latency_s:
                await asyncio.sleep(self.config.latency_s)
            rule = self.faults.pick(f"{request.url.path}?{query}")
            answer = key_refusal(self.config, key) or self._limits.refusal(self.config, record.in_flight)
            if answer is None:
                answer = await asyncio.get_running_loop().run_in_executor(self._threads, make, request, rule)
            answer = spoil_answer(answer, rule)
            number = request_id(self.config.seed, record.number)
            answer = replace(answer, headers={**answer.headers, "X-Request-Id": number, SIMULATOR_HEADER: "1"})
            record.status, record.size_bytes = answer.status, len(answer.body)
            record.fault = "" if rule is None else rule.action
            return answer
        finally:
            self.journal.close()

    def aggregates(self, request: Request, rule: FaultRule | None) -> Answer:
        """``/v2/aggs/ticker/…/range/…``."""
        parts = request.path_params
        try:
            edges = (parts["from"], parts["to"])
            words = dict(request.query_params)
            query = parse_query(parts["ticker"], parts["multiplier"], parts["timespan"], edges, words)
        except BadQueryError as error:
            return error_answer(400, "ERROR", str(error))
        if query.spec.timespan == "second" and not self.config.has_seconds:
            return not_entitled("Second aggregates need another plan.")
        now_ms = self.config.now_ms()
        if not self.config.has_today and query.to_ms >= midnight_ms(day_of_ms(now_ms)):
            return not_entitled("Attempted to request today's data before end of day. Please upgrade your plan.")
        floor = self.config.history_floor
        if floor is not None and query.from_ms < midnight_ms(floor):
            if self.config.history_mode == "403":
                return not_entitled("Your plan doesn't include this data timeframe.")
            query = replace(query, from_ms=midnight_ms(floor))
        return self._page(request, query, rule, now_ms)

    def grouped(self, request: Request, rule: FaultRule | None) -> Answer:
        """``/v2/aggs/grouped/locale/us/market/stocks/…``."""
        try:
            day = parse_day(request.path_params["date"])
        except BadQueryError as error:
            return error_answer(400, "ERROR", str(error))
        adjusted = request.query_params.get("adjusted", "true").lower() != "false"
        page = grouped_page(self.market, day, self.config.now_ms(), adjusted=adjusted, status=self._status)
        spoil_page(page, rule, str(request.url))
        return self._wrapped(page, request)

    def ticker(self, request: Request, _: FaultRule | None) -> Answer:
        """``/v3/reference/tickers/…``."""
        day = self._day(request.query_params.get("date"))
        details = reference.ticker_details(self.market, request.path_params["ticker"], day)
        return self._results(details, request)

    def tickers(self, request: Request, _: FaultRule | None) -> Answer:
        """``/v3/reference/tickers``."""
        words = dict(request.query_params)
        return self._results(reference.tickers(self.market, self._day(words.get("date")), words), request)

    def events(self, request: Request, _: FaultRule | None) -> Answer:
        """``/vX/reference/tickers/…/events``."""
        return self._results(reference.ticker_events(self.market, request.path_params["ticker"]), request)

    def splits(self, request: Request, _: FaultRule | None) -> Answer:
        """``/v3/reference/splits``."""
        return self._results(reference.splits(dict(request.query_params)), request)

    def dividends(self, request: Request, _: FaultRule | None) -> Answer:
        """``/v3/reference/dividends``."""
        return self._results(reference.dividends(dict(request.query_params)), request)

    def market_now(self, request: Request, _: FaultRule | None) -> Answer:
        """``/v1/marketstatus/now``."""
        return self._wrapped(reference.market_now(self._now()), request)

    def market_upcoming(self, request: Request, _: FaultRule | None) -> Answer:
        """``/v1/marketstatus/upcoming``."""
        return self._wrapped(reference.market_upcoming(self._now()), request)

    def unknown(self, _request: Request, _: FaultRule | None) -> Answer:
        """Any other address."""
        return error_answer(404, "NOT_FOUND", "The requested resource was not found.", key="message")

    def _page(self, request: Request, query: AggregatesQuery, rule: FaultRule | None, now_ms: int) -> Answer:
        # Kept are compressed answers without a fault about times that are over.
        lasting = rule is None and query.to_ms < now_ms and takes_gzip(request.headers.get("accept-encoding", ""))
        kept = self._pages.get(query) if lasting else None
        if kept is not None:
            return kept
        page = aggregates_page(
            self.market, query, now_ms, self.base_url, settled=self.config.settled, status=self._status
        )
        spoil_page(page, rule, str(request.url))
        answer = self._wrapped(page, request)
        if lasting:
            self._keep(query, answer)
        return answer

    def _keep(self, query: AggregatesQuery, answer: Answer) -> None:
        self._pages[query] = answer
        self._pages_bytes += len(answer.body)
        while self._pages_bytes > _CACHE_BYTES:
            self._pages_bytes -= len(self._pages.popitem(last=False)[1].body)

    def _results(self, results: Any, request: Request) -> Answer:
        if results is None:
            return error_answer(404, "NOT_FOUND", "Ticker not found.", key="message")
        count = {"count": len(results)} if isinstance(results, list) else {}
        return self._wrapped(
            {
                "request_id": request_id(request.url.path, request.url.query),
                "results": results,
                "status": "OK",
                **count,
            },
            request,
        )

    def _wrapped(self, payload: Page | dict[str, Any] | list[Any], request: Request) -> Answer:
        return compressed(json_answer(payload), request.headers.get("accept-encoding", ""))

    @property
    def _status(self) -> str:
        return "DELAYED" if self.config.delayed else "OK"

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.config.now_ms() / 1000, UTC)

    def _day(self, text: str | None) -> date:
        return parse_day(text) if text else day_of_ms(self.config.now_ms())


def _key(request: Request) -> str:
    bearer = request.headers.get("authorization", "")
    return bearer.removeprefix("Bearer ").strip() or request.query_params.get("apiKey", "")


def _profiles(config: SimConfig) -> dict[str, Profile]:
    profiles = {}
    for symbol, (regular, extended) in config.densities.items():
        profile = profile_of(symbol)
        if profile is not None:
            profiles[symbol] = with_density(profile, regular, extended)
    return profiles


def merged_config(config: SimConfig, changes: bytes) -> SimConfig:
    """``config`` with the fields of a JSON object changed.

    Raises:
        msgspec.ValidationError: a field is unknown or mistyped.
    """
    fields = msgspec.to_builtins(config)
    fields.update(msgspec.json.decode(changes, type=dict[str, Any]))
    return msgspec.convert(fields, SimConfig, strict=False)
