"""Trades from fills, and their statistics, on cases worked out by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from pylean.results import LeanVersion, Trade, TradeBuilder, TradeDirection
from pylean.results.trade_statistics import TradeStatistics
from pylean.results.transactions import TransactionRecord
from pylean.securities.symbol import Symbol

ABC, XYZ = Symbol("ABC", "ABC 2T"), Symbol("XYZ", "XYZ 2T")
START = datetime(2024, 3, 1, 15)


class Tape:
    """Feeds a builder with fills a minute apart and prices in between."""

    def __init__(self) -> None:
        self.builder = TradeBuilder()
        self._minute = 0
        self._order_id = 0

    def fill(self, price: str, quantity: int, fee: str = "1", *, order_id: int | None = None) -> None:
        self._minute += 1
        self._order_id = order_id or self._order_id + 1
        utc = START + timedelta(minutes=self._minute)
        self.builder.on_fill(ABC, self._order_id, utc, Decimal(price), Decimal(quantity), Decimal(fee))

    def prices(self, *prices: str) -> None:
        for price in prices:
            self.builder.set_market_price(ABC, Decimal(price))

    @property
    def trades(self) -> list[Trade]:
        return self.builder.closed_trades


def figures(trade: Trade) -> tuple[str, ...]:
    values = (trade.quantity, trade.profit_loss, trade.total_fees, trade.mae, trade.mfe, trade.largest_fall)
    return tuple(str(value) for value in values)


def test_a_long_trade_knows_its_way() -> None:
    tape = Tape()
    tape.fill("10", 100)
    tape.prices("11.5", "9.25", "12.005", "10.5")
    tape.fill("10.75", -100, "2")
    (trade,) = tape.trades
    assert trade.direction is TradeDirection.LONG
    assert figures(trade) == ("100", "75.00", "3", "-75.00", "200.50", "225.00")
    assert (trade.entry_price, trade.exit_price) == (Decimal(10), Decimal("10.75"))
    assert trade.duration == timedelta(minutes=1)
    assert trade.order_ids == [1, 2]
    assert trade.is_win


def test_a_short_trade_gains_when_prices_fall() -> None:
    tape = Tape()
    tape.fill("10", -100)
    tape.prices("10.5", "8", "9")
    tape.fill("9.5", 100)
    (trade,) = tape.trades
    assert trade.direction is TradeDirection.SHORT
    assert figures(trade) == ("100", "50.0", "2", "-50.0", "200", "150.0")


def test_the_exit_price_counts_for_the_extremes() -> None:
    tape = Tape()
    tape.fill("10", 10)
    tape.fill("8", -10)
    assert figures(tape.trades[0]) == ("10", "-20", "2", "-20", "0", "20")
    assert not tape.trades[0].is_win


def test_oldest_entries_are_closed_first_and_the_exit_fee_counts_once() -> None:
    tape = Tape()
    tape.fill("10", 50, "1")
    tape.fill("12", 50, "2")
    tape.fill("11", -80, "4")
    assert [(str(trade.quantity), str(trade.profit_loss), str(trade.total_fees)) for trade in tape.trades] == [
        ("50", "50", "5"),
        ("30", "-30", "2"),
    ]
    tape.fill("13", -20, "8")
    assert figures(tape.trades[2])[:3] == ("20", "20", "8")
    assert tape.trades[2].order_ids == [2, 4]


def test_a_reversal_opens_the_other_side_without_fee() -> None:
    tape = Tape()
    tape.fill("10", 100)
    tape.prices("14")
    tape.fill("11", -150, "3")
    assert tape.builder.has_open_trade(ABC)
    tape.prices("10.5")
    tape.fill("10", 50, "2")
    assert [trade.direction for trade in tape.trades] == [TradeDirection.LONG, TradeDirection.SHORT]
    assert figures(tape.trades[1]) == ("50", "50", "2", "0", "50", "0")
    assert tape.trades[1].order_ids == [2, 3]
    assert not tape.builder.has_open_trade(ABC)


def test_the_fee_of_an_order_comes_with_its_first_fill() -> None:
    tape = Tape()
    tape.fill("10", 40, "1", order_id=7)
    tape.fill("10", 60, "1", order_id=7)
    tape.fill("10", -100, "1", order_id=8)
    assert [str(trade.total_fees) for trade in tape.trades] == ["2", "0"]


def test_profit_is_rounded_to_cents_half_to_even() -> None:
    tape = Tape()
    tape.fill("10", 1)
    tape.fill("10.125", -1)
    tape.fill("10", 1)
    tape.fill("10.135", -1)
    assert [str(trade.profit_loss) for trade in tape.trades] == ["0.12", "0.14"]


def test_a_split_restates_open_trades() -> None:
    tape = Tape()
    tape.fill("100", 10)
    tape.prices("120", "110")
    tape.builder.on_split(ABC, Decimal("0.5"))
    tape.builder.on_split(XYZ, Decimal("0.5"))
    tape.fill("55", -20)
    assert figures(tape.trades[0]) == ("20", "100.0", "2", "0.0", "200.0", "100.0")


def test_open_symbols_is_a_live_view() -> None:
    tape = Tape()
    view = tape.builder.open_symbols
    assert not view
    tape.fill("10", 1)
    assert list(view) == [ABC]
    tape.builder.set_market_price(XYZ, Decimal(1))
    tape.fill("10", -1)
    assert not view


def test_trade_json_has_lean_s_names() -> None:
    tape = Tape()
    tape.fill("10", 100)
    tape.prices("12")
    tape.fill("11", -100)
    fields = tape.trades[0].to_json(1, LeanVersion.NEWEST)
    assert list(fields) == [
        "id",
        "symbols",
        "entryTime",
        "entryPrice",
        "direction",
        "quantity",
        "exitTime",
        "exitPrice",
        "profitLoss",
        "totalFees",
        "mae",
        "mfe",
        "duration",
        "endTradeDrawdown",
        "isWin",
        "orderIds",
    ]
    assert fields["duration"] == "00:01:00"
    assert fields["endTradeDrawdown"] == 100
    assert tape.trades[0].to_json(1, LeanVersion.OCT_2025)["endTradeDrawdown"] == -100


def closed(profit: str, minutes: int, *, start: int = 0, mae: str = "0", mfe: str = "0", fall: str = "0") -> Trade:
    entry = START + timedelta(minutes=start)
    return Trade(
        symbol=ABC,
        entry_time=entry,
        entry_price=Decimal(10),
        direction=TradeDirection.LONG,
        quantity=Decimal(1),
        total_fees=Decimal("0.50"),
        order_ids=[1, 2],
        exit_time=entry + timedelta(minutes=minutes),
        exit_price=Decimal(10),
        profit_loss=Decimal(profit),
        mae=Decimal(mae),
        mfe=Decimal(mfe),
        largest_fall=Decimal(fall),
    )


TRADES = [
    closed("100", 10, start=0, mae="-20", mfe="150", fall="60"),
    closed("-40", 20, start=20, mae="-70", mfe="10", fall="80"),
    closed("-10", 30, start=60, mae="-15", mfe="5", fall="20"),
    closed("60", 40, start=100, mae="-5", mfe="65", fall="5"),
    closed("20", 50, start=200, mae="0", mfe="20", fall="0"),
]


@pytest.fixture
def texts() -> dict[str, str | int | None]:
    return TradeStatistics.from_trades(TRADES, LeanVersion.NEWEST).to_json()


def test_counts_sums_and_rates(texts: dict[str, str | int | None]) -> None:
    expected = {
        "startDateTime": "2024-03-01T15:00:00Z",
        "endDateTime": "2024-03-01T19:10:00Z",
        "totalNumberOfTrades": 5,
        "numberOfWinningTrades": 3,
        "numberOfLosingTrades": 2,
        "totalProfitLoss": "130",
        "totalProfit": "180",
        "totalLoss": "-50",
        "largestProfit": "100",
        "largestLoss": "-40",
        "averageProfit": "60",
        "averageLoss": "-25",
        "maxConsecutiveWinningTrades": 2,
        "maxConsecutiveLosingTrades": 2,
        "winLossRatio": "1.5",
        "winRate": "0.6",
        "lossRate": "0.4",
        "profitLossRatio": "2.4",
        "profitFactor": "3.6",
        "totalFees": "2.50",
    }
    assert {name: texts[name] for name in expected} == expected


def test_running_means_leave_their_scale_in_the_text(texts: dict[str, str | int | None]) -> None:
    assert texts["averageProfitLoss"] == "26.0000"
    assert texts["averageMFE"] == "50.0"


def test_deviations_and_ratios(texts: dict[str, str | int | None]) -> None:
    # squares of the deviations from 26: 5476 + 4356 + 1296 + 1156 + 36 = 12320; of losses from -25: 2 * 225
    assert texts["profitLossStandardDeviation"] == "55.4977"
    assert texts["profitLossDownsideDeviation"] == "21.2132"
    assert texts["sharpeRatio"] == "0.4685"
    assert texts["sortinoRatio"] == "1.2257"


def test_drawdowns(texts: dict[str, str | int | None]) -> None:
    assert texts["maximumClosedTradeDrawdown"] == "-50"
    assert texts["maximumIntraTradeDrawdown"] == "-170"
    assert texts["profitToMaxDrawdownRatio"] == "2.6"
    assert texts["maximumDrawdownDuration"] == "02:10:00"


def test_durations(texts: dict[str, str | int | None]) -> None:
    assert texts["averageTradeDuration"] == "00:30:00"
    assert texts["medianTradeDuration"] == "00:30:00"
    assert texts["medianLosingTradeDuration"] == "00:30:00"
    assert texts["averageLosingTradeDuration"] == "00:25:00"
    assert texts["medianWinningTradeDuration"] == "00:40:00"


@pytest.mark.parametrize(("version", "text"), [(LeanVersion.OCT_2025, "-80"), (LeanVersion.NEWEST, "80")])
def test_end_trade_drawdown_depends_on_the_version(version: LeanVersion, text: str) -> None:
    trades = [closed("-70", 10, mfe="10", fall="80"), closed("5", 10, mfe="6", fall="2")]
    assert TradeStatistics.from_trades(trades, version).to_json()["maximumEndTradeDrawdown"] == text


def test_without_trades_everything_is_zero() -> None:
    texts = TradeStatistics.from_trades([], LeanVersion.NEWEST).to_json()
    assert len(texts) == 41
    assert texts["startDateTime"] is None
    assert texts["averageTradeDuration"] == "00:00:00"
    assert texts["winLossRatio"] == "0"


def test_without_losses_ratios_to_losses_are_ten() -> None:
    texts = TradeStatistics.from_trades([closed("5", 1), closed("7", 1)], LeanVersion.NEWEST).to_json()
    assert (texts["winLossRatio"], texts["profitFactor"], texts["profitToMaxDrawdownRatio"]) == ("10", "10", "10")
    assert texts["profitLossRatio"] == "0"


def test_a_break_even_trade_is_a_loss_without_a_sign() -> None:
    texts = TradeStatistics.from_trades([closed("-0.00", 1)], LeanVersion.NEWEST).to_json()
    assert (texts["numberOfLosingTrades"], texts["totalLoss"]) == (1, "0.00")
    assert (texts["maxConsecutiveWinningTrades"], texts["maxConsecutiveLosingTrades"]) == (0, 1)


def test_records_at_one_time_move_on_by_a_millisecond() -> None:
    record = TransactionRecord()
    for value in (5, -3, 0):
        record.add(START, Decimal(value))
    record.add(START - timedelta(days=1), Decimal(-1), is_win=True)
    assert [utc - START for utc in record.profit_loss] == [
        timedelta(days=-1),
        *(timedelta(milliseconds=number) for number in range(3)),
    ]
    assert list(record.profit_loss.values()) == [-1, 5, -3, 0]
    assert (record.win_count, record.loss_count) == (2, 2)
