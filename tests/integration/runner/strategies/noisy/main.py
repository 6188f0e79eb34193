"""Says a great deal."""

from AlgorithmImports import QCAlgorithm, Resolution


class Noisy(QCAlgorithm):
    """Logs `lines` lines, all in its first slice, and one of `long_chars` characters."""

    def initialize(self):
        self.set_start_date(2013, 10, 7)
        self.set_end_date(2013, 10, 7)
        self.add_equity("SPY", Resolution.MINUTE)
        self.lines = self.get_parameter("lines", 35_000)
        self.long_chars = self.get_parameter("long_chars", 0)

    def on_data(self, data):
        for number in range(self.lines):
            self.log(f"line {number} of many, about as long as the lines of a chatty strategy usually are")
        self.lines = 0
        if self.long_chars:
            self.error("é" * self.long_chars)
            self.long_chars = 0
