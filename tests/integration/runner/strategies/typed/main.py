"""A strategy with a schema."""

from dataclasses import dataclass

from AlgorithmImports import QCAlgorithm, Resolution


@dataclass
class TypedParameters:
    """Its parameters."""

    @staticmethod
    def json_schema():
        return {
            "type": "object",
            "properties": {
                "symbols": {
                    "type": "array",
                    "items": {"type": "string", "pattern": "^[A-Z][A-Z0-9.\\-]{0,9}$"},
                    "minItems": 1,
                    "uniqueItems": True,
                    "default": ["SPY"],
                },
                "start_date": {"type": "string", "format": "date", "default": "2013-10-07"},
                "end_date": {"type": "string", "format": "date", "default": "2013-10-08"},
                "starting_cash": {"type": "number", "exclusiveMinimum": 0, "default": 100000.0, "x-unit": "USD"},
                "period": {"type": "integer", "minimum": 1, "maximum": 200, "default": 20, "x-unit": "bars"},
                "threshold": {"type": "number", "minimum": 0, "maximum": 10, "default": 0.5},
                "long": {"type": "boolean", "default": True},
                "short": {"type": "boolean", "default": False},
            },
            "additionalProperties": False,
            "x-entry-conditions": ["long", "short"],
        }


class Typed(QCAlgorithm):
    """Trades what it is told."""

    parameters = TypedParameters
    data_requirements = ({"resolution": "minute"}, {"resolution": "daily", "history_bars": 50})

    def initialize(self):
        for symbol in self.get_parameter("symbols").split(","):
            self.add_equity(symbol, Resolution.MINUTE)
        for name in ("symbols", "start_date", "end_date", "starting_cash", "period", "threshold", "long", "short"):
            self.log(f"{name}={self.get_parameter(name)}")
