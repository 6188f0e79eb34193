"""The account: nothing is lost between cash, positions, fees and profit, whatever is filled."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pylean.api.AlgorithmImports import ConstantFeeModel, QCAlgorithm
from pylean.numbers import use_lean_decimals
from pylean.orders.enums import OrderStatus, OrderType
from pylean.orders.events import OrderEvent
from pylean.orders.fees import CashAmount, OrderFee
from pylean.orders.order import Order

START = Decimal(100_000)
fills = st.lists(
    st.tuples(
        st.integers(-500, 500).filter(bool),
        st.decimals(min_value=1, max_value=1000, places=2),
        st.decimals(min_value=0, max_value=5, places=2),
    ),
    min_size=1,
    max_size=25,
)


def book(bench: Any, quantity: int, price: Decimal, fee: Decimal) -> None:
    now = bench.run.clock.utc
    order = Order(1, OrderType.MARKET, bench.symbol, Decimal(quantity), now, now)
    event = OrderEvent(order, now, OrderFee(CashAmount(fee)))
    event.status = OrderStatus.FILLED
    event.decimal_fill_quantity, event.decimal_fill_price = Decimal(quantity), price
    bench.algorithm.portfolio.process_fill(event)


def fresh(bench: Any) -> Any:
    """The bench with an empty account."""
    use_lean_decimals()
    bench.security.holdings.__init__(bench.security)
    bench.security.holdings.book = bench.algorithm.securities.held
    bench.algorithm.securities.held.clear()
    bench.algorithm.portfolio.set_cash(START)
    bench.profits = []
    bench.algorithm.portfolio.on_profit = lambda utc, profit: bench.profits.append(profit)
    return bench.algorithm.portfolio


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fills)
def test_cash_and_position_hold_everything_that_was_paid(bench: Any, trades: list[Any]) -> None:
    portfolio = fresh(bench)
    bench.bar("09:31", 50)
    cash, held, fees, volume = START, 0, Decimal(0), Decimal(0)
    for quantity, price, fee in trades:
        book(bench, quantity, price, fee)
        cash -= quantity * price + fee
        held += quantity
        fees += fee
        volume += abs(quantity) * price
    holding = portfolio["AAA"]
    assert portfolio.decimal_cash == cash
    assert holding.decimal_quantity == held
    assert portfolio.decimal_total_fees == fees
    assert portfolio.decimal_total_sale_volume == volume
    assert portfolio.decimal_total_portfolio_value == cash + held * Decimal(50)
    assert portfolio.invested is (held != 0)
    assert (bench.symbol in portfolio.held) is (held != 0)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fills)
def test_closed_profit_plus_cost_is_what_was_paid(bench: Any, trades: list[Any]) -> None:
    """Profit of what was closed minus the cost of what is open equals the money that came back, fees aside."""
    portfolio = fresh(bench)
    held, average, profit = Fraction(0), Fraction(0), Fraction(0)
    records = 0
    for quantity, price, fee in trades:
        book(bench, quantity, price, fee)
        closed = min(abs(quantity), abs(held)) if held * quantity < 0 else Fraction(0)
        profit += closed * (Fraction(price) - average) * (1 if held > 0 else -1)
        records += bool(closed)
        total = held + quantity
        if held * quantity >= 0:
            average = (average * abs(held) + Fraction(price) * abs(quantity)) / abs(total)
        elif held * total < 0:
            average = Fraction(price)
        elif total == 0:
            average = Fraction(0)
        held = total
    holding = portfolio["AAA"]
    tolerance = Fraction(1, 10**15)
    assert abs(Fraction(holding.decimal_average_price) - average) <= tolerance
    assert abs(Fraction(holding.decimal_profit) - profit) <= tolerance * 10**6
    assert len(bench.profits) == records
    paid = sum(Fraction(price) * quantity for quantity, price, _ in trades)
    assert profit - held * average == -paid


@pytest.mark.parametrize(
    ("trades", "average", "profit"),
    [
        ([(100, 5), (100, 10)], "7.5", "0"),
        ([(-100, 5), (-100, 10)], "7.5", "0"),
        ([(100, 5), (-40, 8)], "5", "120"),
        ([(100, 5), (-100, 8)], "0", "300"),
        ([(100, 5), (-150, 8)], "8", "300"),
        ([(-100, 5), (150, 8)], "8", "-300"),
        ([(-100, 5), (100, 4)], "0", "100"),
    ],
)
def test_average_price_and_profit_by_hand(bench: Any, trades: Any, average: str, profit: str) -> None:
    portfolio = fresh(bench)
    for quantity, price in trades:
        book(bench, quantity, Decimal(price), Decimal(0))
    assert portfolio["AAA"].decimal_average_price == Decimal(average)
    assert portfolio["AAA"].decimal_profit == Decimal(profit)
    assert portfolio.total_profit == float(profit)


def test_a_profit_record_is_less_twice_the_exit_fee(bench: Any) -> None:
    fresh(bench)
    book(bench, 100, Decimal(10), Decimal(3))
    book(bench, -100, Decimal(11), Decimal(2))
    assert bench.profits == [Decimal(100) - 2 * Decimal(2)]
    assert bench.security.holdings.last_trade_profit == 100
    assert bench.security.holdings.net_profit == 100 - 5


def test_unrealized_profit_is_at_the_side_that_closes_less_a_fee(bench: Any) -> None:
    fresh(bench)
    bench.security.set_fee_model(ConstantFeeModel(1))
    bench.bar("09:31", 10)
    bench.quote("09:31", (9.5, 10.5))
    book(bench, 100, Decimal(9), Decimal(0))
    holding = bench.security.holdings
    assert holding.unrealized_profit == 100 * (9.5 - 9) - 1
    assert holding.unrealized_profit_percent == pytest.approx(49 / 900)
    assert bench.algorithm.portfolio.total_unrealised_profit == 49
    book(bench, -200, Decimal(11), Decimal(0))
    assert holding.unrealized_profit == 100 * (11 - 10.5) - 1


def test_a_flat_holding_shows_zeros(bench: Any) -> None:
    holding = bench.security.holdings
    assert (holding.quantity, holding.average_price, holding.holdings_value, holding.unrealized_profit) == (0, 0, 0, 0)
    assert not any([holding.invested, holding.is_long, holding.is_short, holding.hold_stock])
    assert holding.unrealized_profit_percent == 0


def test_sides_and_values_of_a_short_position(bench: Any) -> None:
    fresh(bench)
    bench.bar("09:31", 12)
    book(bench, -10, Decimal(10), Decimal(0))
    holding = bench.security.holdings
    assert (holding.is_short, holding.is_long, holding.invested) == (True, False, True)
    assert (holding.holdings_value, holding.absolute_holdings_value) == (-120, 120)
    assert (holding.holdings_cost, holding.absolute_holdings_cost) == (-100, 100)
    assert (holding.quantity, holding.absolute_quantity) == (-10, 10)
    assert bench.algorithm.portfolio.total_holdings_value == 120
    assert bench.algorithm.portfolio.total_portfolio_value == 100_000 + 100 - 120


def test_the_portfolio_is_a_dictionary_of_holdings(bench: Any) -> None:
    portfolio = bench.algorithm.portfolio
    assert portfolio["AAA"] is portfolio[bench.symbol] is bench.security.holdings
    assert "AAA" in portfolio
    assert portfolio.contains_key("AAA")
    assert portfolio.ContainsKey("XYZ") is False
    assert [str(symbol) for symbol in portfolio] == ["AAA"]
    assert portfolio.values() == [bench.security.holdings]
    assert [(str(symbol), holding) for symbol, holding in portfolio.items()] == [("AAA", bench.security.holdings)]
    with pytest.raises(KeyError, match="'XYZ' was not added to the algorithm"):
        portfolio["XYZ"]


def test_cash_is_in_dollars(bench: Any) -> None:
    portfolio = bench.algorithm.portfolio
    assert portfolio.cash_book["USD"].amount == portfolio.CashBook["USD"].Amount == 100_000
    with pytest.raises(AttributeError, match="CashBook has no 'EUR'"):
        portfolio.cash_book["EUR"]
    with pytest.raises(ValueError, match="cash is 0 USD: it must be above 0"):
        portfolio.set_cash(0)


def test_a_run_keeps_its_books(market: Any, run_algorithm: Any) -> None:
    """Over a whole run: equity at the end is cash plus position, and the profit records are in the result file."""
    day = date(2025, 6, 2)
    market.trades("AAA", day, {"09:30": 10, "10:00": 12, "11:00": 15, "15:59": 14})

    class Trading(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(day)
            self.set_end_date(day)
            self.set_cash(50_000)
            self.add_equity("AAA")

        def on_data(self, data: Any) -> None:
            orders = {"09:31": 300, "10:01": -100, "11:01": -300}
            quantity = orders.get(self.time.strftime("%H:%M"))
            if quantity:
                self.market_order("AAA", quantity)

    ran = run_algorithm(Trading)
    portfolio = ran.algorithm.portfolio
    fees = 1.5 + 1 + 1.5
    assert portfolio.total_fees == fees
    assert portfolio["AAA"].quantity == -100
    assert portfolio.cash == 50_000 - 3000 + 1200 + 4500 - fees
    assert portfolio.total_profit == 100 * 2 + 200 * 5
    assert portfolio.total_portfolio_value == portfolio.cash - 100 * 14
    assert float(ran.summary["statistics"]["End Equity"]) == portfolio.total_portfolio_value
    records = ran.read("test.json")["profitLoss"]
    assert [Decimal(str(profit)) for profit in records.values()] == [Decimal(198), Decimal(997)]
    assert list(records) == ["2025-06-02T14:01:00Z", "2025-06-02T15:01:00Z"]
    assert ran.outcome.trades == 2
