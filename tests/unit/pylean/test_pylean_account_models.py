"""Settlement, interest, lending and the account they work on."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pylean.algorithm import making_algorithms_of
from pylean.api.AlgorithmImports import (
    AccountType,
    BrokerageName,
    CashAmount,
    ConstantFeeModel,
    DelayedSettlementModel,
    LocalDiskShortableProvider,
    MarginInterestRateParameters,
    NullShortableProvider,
    OrderStatus,
    QCAlgorithm,
    Resolution,
    ScanSettlementModelParameters,
    ShortMarginInterestRateModel,
)
from pylean.naming import UnsupportedApiError
from pylean.numbers import use_lean_decimals
from pylean.securities.settlement import ApplyFundsSettlementModelParameters
from pylean.securities.shortable import ShortableDataError

MONDAY = date(2025, 6, 2)
with_bench = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


def settle(bench: Any, amount: float, clock: str, day: date = MONDAY) -> None:
    bench.at(clock, day)
    portfolio, security = bench.algorithm.portfolio, bench.security
    money = CashAmount(amount, "USD")
    parameters = ApplyFundsSettlementModelParameters(portfolio, security, bench.run.clock.utc, money, None)
    security.settlement_model.apply_funds(parameters)


def scan(bench: Any, clock: str, day: date) -> None:
    bench.at(clock, day)
    parameters = ScanSettlementModelParameters(bench.algorithm.portfolio, bench.security, bench.run.clock.utc)
    bench.security.settlement_model.scan(parameters)


class TestDelayedSettlement:
    def test_sales_are_usable_on_a_later_trading_day(self, bench: Any) -> None:
        portfolio = bench.algorithm.portfolio
        portfolio.set_cash(1000)
        bench.security.set_settlement_model(DelayedSettlementModel(2, timedelta(hours=6)))
        thursday = date(2025, 7, 3)  # Friday is a holiday
        settle(bench, 500, "12:00", thursday)
        settle(bench, -100, "12:00", thursday)
        assert (portfolio.cash, portfolio.unsettled_cash, portfolio.total_portfolio_value) == (900, 500, 1400)
        assert portfolio.margin_remaining == 900
        assert bench.security.settlement_model.get_unsettled_cash().amount == 500
        scan(bench, "05:59", date(2025, 7, 8))
        assert portfolio.cash == 900
        scan(bench, "06:00", date(2025, 7, 8))
        assert (portfolio.cash, portfolio.unsettled_cash) == (1400, 0)
        assert bench.security.settlement_model.get_unsettled_cash() is None

    @with_bench
    @given(st.lists(st.tuples(st.integers(0, 9), st.integers(-500, 500)), max_size=12))
    def test_settled_and_unsettled_are_all_there_is(self, bench: Any, flows: list[tuple[int, int]]) -> None:
        use_lean_decimals()
        portfolio = bench.algorithm.portfolio
        portfolio.set_cash(10_000)
        portfolio.unsettled_cash_book["USD"].set_amount(0)
        bench.security.set_settlement_model(DelayedSettlementModel(1, timedelta(hours=6)))
        total = 10_000
        for days, amount in sorted(flows, key=lambda flow: flow[0]):
            day = MONDAY + timedelta(days=days)
            scan(bench, "10:00", day)
            settle(bench, amount, "10:00", day)
            total += amount
            assert portfolio.cash + portfolio.unsettled_cash == total == portfolio.total_portfolio_value
            assert portfolio.unsettled_cash >= 0
        scan(bench, "10:00", date(2025, 6, 30))
        assert (portfolio.cash, portfolio.unsettled_cash) == (total, 0)


@with_bench
@given(st.lists(st.tuples(st.integers(-300, 300).filter(bool), st.integers(1, 400)), max_size=15))
def test_a_cash_account_never_owes(bench: Any, trades: list[tuple[int, int]]) -> None:
    """Without leverage and with settlement delayed, purchases can never bring the cash below 0."""
    use_lean_decimals()
    algorithm, security = bench.algorithm, bench.security
    algorithm.portfolio.set_cash(10_000)
    algorithm.portfolio.unsettled_cash_book["USD"].set_amount(0)
    security.holdings.set_holdings(0, 0)
    algorithm.set_brokerage_model(BrokerageName.DEFAULT, AccountType.CASH)
    security.set_leverage(1)
    security.set_fee_model(ConstantFeeModel(1))
    for minute, (quantity, price) in enumerate(trades):
        bench.bar(f"{10 + minute // 60:02}:{minute % 60:02}", price)
        held = security.holdings.quantity
        ticket = algorithm.market_order("AAA", max(quantity, -held) or 1)
        assert ticket.status in (OrderStatus.FILLED, OrderStatus.INVALID)
        assert algorithm.portfolio.cash >= 0
        used = abs(security.holdings.holdings_value)
        assert algorithm.portfolio.total_margin_used == pytest.approx(used)


class TestShortInterest:
    def test_is_paid_by_calendar_days(self, bench: Any) -> None:
        class Lending(NullShortableProvider):
            def FeeRate(self, symbol: Any, local_time: datetime) -> float:
                return 0.36

            def rebate_rate(self, symbol: Any, local_time: datetime) -> float:
                return 0.18

        security, cash = bench.security, bench.algorithm.portfolio.cash_book["USD"]
        model = ShortMarginInterestRateModel()
        security.MarginInterestRateModel = model
        security.set_shortable_provider(Lending())
        bench.bar("15:00", 10)
        security.holdings.set_holdings(10, -100)
        cash.set_amount(5000)
        for day, booked in ((2, 0), (2, 0), (3, -1), (3, -1), (6, -4)):
            bench.at("15:00", date(2025, 6, day))
            model.apply_margin_interest_rate(MarginInterestRateParameters(security, bench.run.clock.utc))
            assert (model.amount, cash.amount) == (booked, 5000 + booked)
        security.holdings.set_holdings(10, 100)
        for day, booked in ((6, -4.0), (8, -3.0)):
            bench.at("15:00", date(2025, 6, day))
            model.apply_margin_interest_rate(MarginInterestRateParameters(security, bench.run.clock.utc))
            assert model.amount == booked

    def test_a_run_asks_at_the_first_slice_of_each_hour(self, market: Any, run_algorithm: Any) -> None:
        market.session("AAA", MONDAY)
        asked = []

        class Interest:
            def apply_margin_interest_rate(self, parameters: Any) -> None:
                asked.append(parameters.security.local_time.strftime("%H:%M"))

        class Case(QCAlgorithm):
            def initialize(self) -> None:
                self.set_start_date(MONDAY)
                self.set_end_date(MONDAY)
                self.add_equity("AAA", Resolution.MINUTE).set_margin_interest_rate_model(Interest())

        run_algorithm(Case)
        assert asked == ["09:31", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00", "16:00"]


class TestLending:
    def write(self, bench: Any, text: str) -> None:
        folder = bench.run.market.paths.root / "equity/usa/shortable/somebody/symbols"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "aaa.csv").write_text(text)

    def test_terms_of_the_day(self, bench: Any) -> None:
        self.write(bench, "# date,quantity,rebate,fee\n20250602,1000,5.07,0.25\n20250603,,,\n20250604,7\n")
        with making_algorithms_of(bench.run):
            provider = LocalDiskShortableProvider("Somebody")
            terms = [
                (
                    provider.shortable_quantity(bench.symbol, datetime(2025, 6, day, 10)),
                    provider.rebate_rate(bench.symbol, datetime(2025, 6, day)),
                    provider.FeeRate(bench.symbol, datetime(2025, 6, day)),
                )
                for day in (2, 3, 4, 5)
            ]
        assert terms == [(1000, 0.0507, 0.0025), (None, 0, 0), (7, 0, 0), (None, 0, 0)]

    @pytest.mark.parametrize("text", ["2025-06-02,5\n", "20250602,many\n", "20250602,5,x\n"])
    def test_damaged_rows_are_told(self, bench: Any, text: str) -> None:
        self.write(bench, text)
        with making_algorithms_of(bench.run), pytest.raises(ShortableDataError, match=r"aaa\.csv: line 1 is not date"):
            LocalDiskShortableProvider("somebody").fee_rate(bench.symbol, datetime(2025, 6, 2))

    def test_what_an_algorithm_may_sell(self, bench: Any) -> None:
        class Few(NullShortableProvider):
            def shortable_quantity(self, symbol: Any, local_time: datetime) -> int:
                return 100

        algorithm = bench.algorithm
        assert algorithm.shortable("AAA", 10**9)
        assert algorithm.shortable_quantity("AAA") == 0
        bench.security.set_shortable_provider(Few())
        assert [algorithm.shortable("AAA", quantity) for quantity in (100, 101)] == [True, False]
        bench.security.holdings.set_holdings(10, -100)
        assert not algorithm.Shortable("AAA")
        assert (algorithm.shortable_quantity("AAA"), bench.security.shortable) == (100, True)


class TestCash:
    def test_usd_only(self, bench: Any) -> None:
        algorithm = bench.algorithm
        algorithm.set_account_currency("USD", 5000)
        assert (algorithm.account_currency, algorithm.portfolio.cash) == ("USD", 5000)
        with pytest.raises(UnsupportedApiError, match="set_account_currency"):
            algorithm.set_account_currency("EUR")
        with pytest.raises(UnsupportedApiError, match="EUR"):
            algorithm.portfolio.cash_book.convert(1, "EUR", "USD")

    def test_the_quote_currency_is_the_account_s_cash(self, bench: Any) -> None:
        book = bench.algorithm.portfolio.CashBook
        book["USD"].set_amount(100)
        bench.security.quote_currency.add_amount(0.5)
        assert (book["USD"].Amount, bench.algorithm.portfolio.cash, book.keys()) == (100.5, 100.5, ["USD"])
        assert bench.security.holdings.get_quantity_value(3, 2).amount == 6

    def test_positions_set_by_hand_are_positions(self, bench: Any) -> None:
        portfolio, changes = bench.algorithm.portfolio, []
        bench.security.holdings.QuantityChanged += lambda sender, told: changes.append(told.previous_quantity)
        bench.bar("09:31", 10)
        bench.security.holdings.set_holdings(8, 100)
        assert portfolio.invested
        assert portfolio.total_holdings_value == 1000
        bench.security.holdings.SetHoldings(8.5, 0)
        assert not portfolio.Invested
        assert changes == [0, 100]
        assert bench.security.holdings.decimal_average_price == Decimal("8.5")
