"""Lean data folders: paths, zips, bar text, the column cache, and the metadata files beside the bars.

The file layer of the engine and of the downloader; knows nothing of either.
"""

from . import security_identifier
from .bars import QuoteColumns, TradeColumns, check_quotes, check_trades
from .columns import ColumnCache, content_digest
from .errors import (
    EscapingPathError,
    InvalidBarsError,
    InvalidIdentifierError,
    InvalidTickerError,
    MalformedBarsError,
    MetadataError,
    MissingFileError,
    StorageError,
    UnreadableZipError,
)
from .factor_files import Dividend, FactorFile, FactorRow, Normalization, Split
from .interest_rate import InterestRates
from .locks import exclusive_lock
from .map_files import END_OF_TIME, MapFile, MapFileResolver, MapRow
from .market_hours import MarketHours, Session
from .paths import LeanPaths, TickType, validate_ticker
from .quote_codec import decode_quotes, encode_quotes
from .resolution import Resolution
from .security_identifier import DEFAULT_DATE, SecurityIdentifier, generate_equity
from .security_identifier import parse as parse_identifier
from .staging import remove_abandoned, write_atomically
from .store import LeanDataStore, MergeReport, merge_trades
from .symbol_properties import SymbolProperties
from .trade_codec import decode_trades, encode_trades
from .universe_files import CoarseFile, ConstituentRow, read_etf_constituents, read_members
from .zips import DEFLATE_LIBRARY, inspect_entry, pack_entry, read_comment, read_entry, unpack_entry, write_entry

__all__ = [
    "DEFAULT_DATE",
    "DEFLATE_LIBRARY",
    "END_OF_TIME",
    "CoarseFile",
    "ColumnCache",
    "ConstituentRow",
    "Dividend",
    "EscapingPathError",
    "FactorFile",
    "FactorRow",
    "InterestRates",
    "InvalidBarsError",
    "InvalidIdentifierError",
    "InvalidTickerError",
    "LeanDataStore",
    "LeanPaths",
    "MalformedBarsError",
    "MapFile",
    "MapFileResolver",
    "MapRow",
    "MarketHours",
    "MergeReport",
    "MetadataError",
    "MissingFileError",
    "Normalization",
    "QuoteColumns",
    "Resolution",
    "SecurityIdentifier",
    "Session",
    "Split",
    "StorageError",
    "SymbolProperties",
    "TickType",
    "TradeColumns",
    "UnreadableZipError",
    "check_quotes",
    "check_trades",
    "content_digest",
    "decode_quotes",
    "decode_trades",
    "encode_quotes",
    "encode_trades",
    "exclusive_lock",
    "generate_equity",
    "inspect_entry",
    "merge_trades",
    "pack_entry",
    "parse_identifier",
    "read_comment",
    "read_entry",
    "read_etf_constituents",
    "read_members",
    "remove_abandoned",
    "security_identifier",
    "unpack_entry",
    "validate_ticker",
    "write_atomically",
    "write_entry",
]
