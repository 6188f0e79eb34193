"""Two moving averages: a strategy with indicators and parameters, explained step by step.

The idea: the average of the last few minutes follows the price closely, the average of the last hour slowly. While the
fast average is above the slow one, the price has been rising, and the strategy holds SPY. When it falls below, the
strategy sells. Each change of sides is called a crossover.

Try it:

    zac run dual_sma
    zac run dual_sma -p fast=10 -p slow=90
"""

from AlgorithmImports import *


class DualSma(QCAlgorithm):
    """Long SPY while its fast moving average is above the slow one."""

    def initialize(self) -> None:
        """Called once, before any data: says what is simulated and what is needed for it."""
        self.set_start_date(2013, 10, 7)
        self.set_end_date(2013, 10, 11)
        self.set_cash(100_000)

        # A parameter comes from config.json or from whoever starts the run, as text. The default beside the name makes
        # it a whole number, and tells a form or a command line what kind of value to accept.
        fast = self.get_parameter("fast", 15)
        slow = self.get_parameter("slow", 60)
        if not 0 < fast < slow:
            raise ValueError(f"fast must be above 0 and below slow (fast is {fast}, slow is {slow})")

        # Subscribing gives the strategy a bar a minute. An indicator made by the algorithm is fed with the closes of
        # these bars by itself; it is ready when it has seen as many as it averages.
        self.spy = self.add_equity("SPY", Resolution.MINUTE).symbol
        self.fast = self.sma(self.spy, fast, Resolution.MINUTE)
        self.slow = self.sma(self.spy, slow, Resolution.MINUTE)

    def on_data(self, data: Slice) -> None:
        """Called for every moment that has data; indicators have been updated before."""
        # An average of too few bars means nothing yet. A minute without a trade has no news.
        if not self.slow.is_ready or not data.bars.contains_key(self.spy):
            return

        is_rising = self.fast.current.value > self.slow.current.value
        is_invested = self.portfolio[self.spy].invested
        if is_rising and not is_invested:
            self.set_holdings(self.spy, 1)
        elif is_invested and not is_rising:
            self.liquidate(self.spy)

    def on_order_event(self, order_event: OrderEvent) -> None:
        """Called for every step in the life of an order."""
        if order_event.status == OrderStatus.FILLED:
            self.debug(f"{order_event.direction}: {order_event.fill_quantity} at {order_event.fill_price}")
