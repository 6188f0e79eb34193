"""History as pandas frames, in Lean's shape."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from pylean.feed.subscription import TickType

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from pylean.feed.bars import QuoteBar
    from pylean.history.points import HistoryPoints
    from pylean.securities.symbol import Symbol

__all__ = ["frame_of", "symbol_index"]

_PRICES = ("close", "high", "low", "open")
_Columns = dict[str, "NDArray[np.float64]"]


def frame_of(histories: Iterable[HistoryPoints]) -> pd.DataFrame:
    """A row for each symbol and end time, columns by name: prices and volume of trades, ``bidopen`` … ``asksize`` of
    quotes. Where a symbol has no trade bar, open to close are the quotes' own. Columns without a value are left out;
    an empty frame for no points."""
    import pandas as pd  # noqa: PLC0415 - half a second that most runs need not spend

    tables = _tables(histories)
    if not tables:
        return pd.DataFrame()
    frame_class = _frame_class()
    ends = np.concatenate([end_ms for _, end_ms, _ in tables])
    moments, places = np.unique(ends, return_inverse=True)
    symbols = sorted({symbol for symbol, _, _ in tables})
    owners = np.concatenate([np.full(len(end_ms), symbols.index(symbol)) for symbol, end_ms, _ in tables])
    times = pd.DatetimeIndex(moments.astype("datetime64[ms]").astype("datetime64[us]"), name="time")
    levels: Any = [symbol_index(symbols), times]
    codes: Any = [owners, places]
    index = pd.MultiIndex(levels=levels, codes=codes, names=["symbol", "time"], verify_integrity=False)
    names = sorted({name for _, _, columns in tables for name in columns})
    values = {
        name: np.concatenate([columns.get(name, np.full(len(end_ms), np.nan)) for _, end_ms, columns in tables])
        for name in names
    }
    frame: pd.DataFrame = frame_class(values, index=index)
    return frame


def _tables(histories: Iterable[HistoryPoints]) -> list[tuple[Symbol, NDArray[np.int64], _Columns]]:
    """Of each symbol with points its end times and columns, the symbol that began first first."""
    by_symbol: dict[Symbol, list[HistoryPoints]] = {}
    for points in histories:
        if len(points):
            by_symbol.setdefault(points.config.symbol, []).append(points)
    tables = [(symbol, *_table(parts)) for symbol, parts in by_symbol.items()]
    return sorted(tables, key=lambda table: int(table[1][0]))


def _table(histories: list[HistoryPoints]) -> tuple[NDArray[np.int64], _Columns]:
    """End times and columns of one symbol; trades win over quotes, columns of nothing but zeros are left out."""
    ends = np.unique(np.concatenate([points.end_ms() for points in histories]))
    columns: _Columns = {}
    is_traded = np.zeros(len(ends), np.bool_)
    for points in sorted(histories, key=lambda points: points.config.tick_type):
        at = np.searchsorted(ends, points.end_ms())
        if points.config.tick_type is TickType.QUOTE:
            found = _quote_columns(points, ~is_traded[at])
        else:
            is_traded[at] = True
            found = _trade_columns(points)
        for name, values in found.items():
            column = columns.setdefault(name, np.full(len(ends), np.nan))
            kept = np.isnan(column[at]) if name in _PRICES else slice(None)
            column[at[kept]] = values[kept]
    return ends, {name: values for name, values in columns.items() if np.nan_to_num(values).any()}


def _trade_columns(points: HistoryPoints) -> _Columns:
    return {name: points.prices(name) for name in _PRICES} | {"volume": points.volumes()}


def _quote_columns(points: HistoryPoints, is_alone: NDArray[np.bool_]) -> _Columns:
    """Both sides, and the middle of them where a quote stands without a trade."""
    columns = {name: np.full(len(points), np.nan) for name in _PRICES}
    if is_alone.any():
        bars: list[QuoteBar] = list(points)
        for place in np.flatnonzero(is_alone).tolist():
            for name in _PRICES:
                columns[name][place] = getattr(bars[place], name)
    for side in ("bid", "ask"):
        for name, values in points.side_prices(side).items():
            columns[side + name] = values
        columns[side + "size"] = points.side_sizes(side)
    return columns


def symbol_index(symbols: Iterable[Symbol]) -> pd.Index[Any]:
    """An index of symbols in which a ticker in any case, or an identifier, finds its symbol too."""
    listed = list(symbols)
    values = np.empty(len(listed), object)
    values[:] = listed
    # pd.Index(…) would make a plain index of objects.
    index: pd.Index[Any] = _symbol_index_class()._simple_new(values, "symbol")  # noqa: SLF001
    return index


@cache
def _frame_class() -> Any:
    """Frames whose columns give the value at a place for ``column[0]`` where no label is a number: pandas before 3,
    which Lean runs, reads them so."""
    import pandas as pd  # noqa: PLC0415 - as above

    class HistorySeries(pd.Series):
        @property
        def _constructor(self) -> Any:
            return HistorySeries

        @property
        def _constructor_expanddim(self) -> Any:
            return HistoryFrame

        def __getitem__(self, key: Any) -> Any:
            is_place = isinstance(key, (int, np.integer)) and not isinstance(key, bool)
            has_places = not pd.api.types.is_numeric_dtype(self.index.dtype)
            if is_place and has_places and key not in self.index:
                return self.iloc[key]
            return super().__getitem__(key)

    class HistoryFrame(pd.DataFrame):
        @property
        def _constructor(self) -> Any:
            return HistoryFrame

        @property
        def _constructor_sliced(self) -> Any:
            return HistorySeries

    return HistoryFrame


@cache
def _symbol_index_class() -> Any:
    """The class is made when the first frame is: pandas takes long to import."""
    import pandas as pd  # noqa: PLC0415

    class SymbolIndex(pd.Index):
        """Looks up text by the symbols it equals; pandas keeps the class through selections and ``unstack``."""

        @property
        def _constructor(self) -> Any:
            return SymbolIndex

        def _symbol(self, key: Any) -> Any:
            if not isinstance(key, str):
                return key
            return next((symbol for symbol in self._values if symbol == key), key)  # type: ignore[attr-defined]

        def get_loc(self, key: Any) -> Any:
            return super().get_loc(self._symbol(key))

        def __contains__(self, key: Any) -> bool:
            return super().__contains__(self._symbol(key))

        def get_indexer(self, target: Any, *arguments: Any, **options: Any) -> Any:
            return super().get_indexer(self._symbols(target), *arguments, **options)

        def _get_indexer_strict(self, key: Any, axis_name: str) -> Any:
            return super()._get_indexer_strict(self._symbols(key), axis_name)  # type: ignore[misc]

        def _symbols(self, keys: Any) -> Any:
            return pd.Index([self._symbol(key) for key in keys], dtype=object)

    return SymbolIndex
