"""Reference data: ticker details, renames, splits, dividends, market status."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from services.downloader.exchange import NEW_YORK, new_york_sessions

from .answers import request_id
from .market import Market
from .profiles import NAMED

_SPLITS: Final = tuple(
    {
        "id": request_id("split", profile.symbol),
        "execution_date": profile.split.day.isoformat(),
        "split_from": profile.split.split_from,
        "split_to": profile.split.split_to,
        "ticker": profile.symbol,
    }
    for profile in NAMED.values()
    if profile.split is not None
)
_DIVIDENDS: Final = tuple(
    {
        "id": request_id("dividend", day),
        "cash_amount": 0.45,
        "currency": "USD",
        "dividend_type": "CD",
        "ex_dividend_date": day,
        "frequency": 4,
        "ticker": "DIVD",
    }
    for day in ("2025-05-14", "2025-08-13", "2025-11-12")
)
_RENAMED: Final = {"META": (("2022-06-09", "META"), ("2012-05-18", "FB"))}
_DEFAULT_LIMIT: Final = 10


def ticker_details(market: Market, symbol: str, day: date) -> dict[str, Any] | None:
    """Details of a ticker; None if it is unknown."""
    profile = market.profile(symbol)
    if profile is None:
        return None
    details: dict[str, Any] = {
        "ticker": symbol,
        "name": f"{symbol} (simulated)",
        "market": "stocks",
        "locale": "us",
        "primary_exchange": "XNAS",
        "type": "CS",
        "active": profile.delisted is None or day <= profile.delisted,
        "currency_name": "usd",
        "composite_figi": f"BBG{request_id('figi', 'META' if symbol == 'FB' else symbol)[:9].upper()}",
        "list_date": (profile.listed or date(1998, 1, 2)).isoformat(),
    }
    if profile.delisted is not None:
        details["delisted_utc"] = f"{profile.delisted.isoformat()}T00:00:00Z"
    return details


def ticker_events(market: Market, symbol: str) -> dict[str, Any] | None:
    """Names a security has had, newest first; None if the ticker is unknown."""
    if market.profile(symbol) is None:
        return None
    names = _RENAMED.get(symbol, (("1998-01-02", symbol),))
    events = [{"ticker_change": {"ticker": name}, "type": "ticker_change", "date": day} for day, name in names]
    return {"name": f"{symbol} (simulated)", "events": events}


def splits(words: dict[str, str]) -> list[dict[str, Any]]:
    """Splits that the query words leave."""
    return _filtered(_SPLITS, "execution_date", words)


def dividends(words: dict[str, str]) -> list[dict[str, Any]]:
    """Dividends that the query words leave."""
    return _filtered(_DIVIDENDS, "ex_dividend_date", words)


def tickers(market: Market, day: date, words: dict[str, str]) -> list[dict[str, Any]]:
    """Details of every listed ticker."""
    found = [ticker_details(market, profile.symbol, day) for profile in market.listed(day)]
    return [details for details in found if details is not None][: int(words.get("limit", "100"))]


def market_now(now: datetime) -> dict[str, Any]:
    """Whether the market is open, and the server's time."""
    local = now.astimezone(NEW_YORK)
    day, second = local.date(), local.hour * 3600 + local.minute * 60 + local.second
    is_session = day in new_york_sessions().days
    market = "closed"
    if is_session and 14_400 <= second < 72_000:
        market = "open" if 34_200 <= second < _close_s(day) else "extended-hours"
    return {
        "market": market,
        "earlyHours": market == "extended-hours" and second < 34_200,
        "afterHours": market == "extended-hours" and second >= 34_200,
        "serverTime": local.isoformat(timespec="seconds"),
        "exchanges": {"nasdaq": market, "nyse": market, "otc": market},
    }


def market_upcoming(now: datetime) -> list[dict[str, Any]]:
    """Closed and short days of the next year."""
    sessions = new_york_sessions()
    known = frozenset(sessions.days)
    first = now.astimezone(NEW_YORK).date()
    rows: list[dict[str, Any]] = []
    for offset in range(1, 366):
        day = first + timedelta(days=offset)
        if day in sessions.early_closes:
            opened = datetime.combine(day, datetime.min.time(), NEW_YORK).replace(hour=9, minute=30)
            times = {"open": opened, "close": opened.replace(hour=13, minute=0)}
            texts = {name: at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z") for name, at in times.items()}
            rows.append(
                {"date": day.isoformat(), "exchange": "NYSE", "name": "Short day", "status": "early-close", **texts}
            )
        elif day.weekday() < 5 and day not in known and day <= sessions.days[-1]:
            rows.append({"date": day.isoformat(), "exchange": "NYSE", "name": "Holiday", "status": "closed"})
    return rows


def _close_s(day: date) -> int:
    early = new_york_sessions().early_closes.get(day)
    return 57_600 if early is None else early.hour * 3600 + early.minute * 60


def _filtered(rows: tuple[dict[str, Any], ...], day_key: str, words: dict[str, str]) -> list[dict[str, Any]]:
    kept = [row for row in rows if words.get("ticker", row["ticker"]) == row["ticker"]]
    kept = [row for row in kept if words.get(f"{day_key}.gte", "") <= row[day_key] <= words.get(f"{day_key}.lte", "9")]
    return sorted(kept, key=lambda row: str(row[day_key]), reverse=True)[: int(words.get("limit", _DEFAULT_LIMIT))]
