"""The check of a run's configuration: every violation at once, or every value final."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.common.dates import to_date
from services.common.errors import Precondition, ServiceError
from services.runner.catalog import StrategyDescription
from services.runner.folders import data_root_problem
from services.runner.given import read_given
from services.runner.lifted import LIFTED, field_path, property_rules
from services.runner.requirements import data_requirements
from services.runner.rules import check_dates, check_orderings, check_symbols, check_value
from services.runner.values import allowed, from_default, shown, to_text
from services.runner.violations import Violations
from zac.run.v1 import strategy_pb2

LEAN_VERSIONS = ("2025-10", "newest")
DEFAULT_LEAN_VERSION = "newest"


def resolve(
    configuration: strategy_pb2.RunConfiguration,
    description: StrategyDescription,
    *,
    engine: str,
    today: date,
) -> strategy_pb2.ResolvedConfiguration:
    """Check a configuration and fill in every default; `today` is the date in New York.

    `symbols`, `start_date`, `end_date` and `starting_cash` come out in the fields of the configuration, everything else
    in `parameters`. Raises INVALID_ARGUMENT INVALID_CONFIGURATION with every violation, else FAILED_PRECONDITION
    NO_ENTRY_CONDITION.
    """
    violations = Violations()
    values = _values(configuration, description.schema, violations)
    check_dates(values, today, violations)
    check_orderings(description.schema, values, violations)
    _check_settings(configuration, violations)
    violations.raise_if_any("INVALID_CONFIGURATION")
    _require_entry_condition(description, values)
    final = _final(configuration, values)
    return strategy_pb2.ResolvedConfiguration(
        configuration=final,
        data_requirements=data_requirements(description.data_requirements, final),
        source_digest=description.source_digest,
        engine=engine,
    )


def _values(
    configuration: strategy_pb2.RunConfiguration, schema: Mapping[str, Any], violations: Violations
) -> dict[str, Any]:
    properties = schema.get("properties", {})
    given = read_given(configuration, properties, violations)
    values: dict[str, Any] = {}
    for name, rule in property_rules(properties).items():
        path, value = field_path(name), None
        if name in given:
            path, value = given[name].path, given[name].value
        elif "default" in rule:
            value = from_default(rule)
        elif name in properties:
            violations.refuse(path, f"is required: {allowed(rule)}")
        if value is None:
            continue
        found = len(violations)
        if name == "symbols":
            check_symbols(path, value, violations)
        if len(violations) == found:
            check_value(path, rule, value, violations)
        if len(violations) == found:
            values[name] = value
    return values


def _check_settings(configuration: strategy_pb2.RunConfiguration, violations: Violations) -> None:
    version, data_root = configuration.lean_version, configuration.data_root
    if version not in ("", *LEAN_VERSIONS):
        violations.refuse("configuration.lean_version", f"must be {' or '.join(LEAN_VERSIONS)} (got {shown(version)})")
    if data_root and (problem := data_root_problem(data_root)):
        violations.refuse("configuration.data_root", f"{problem} (got {shown(data_root)})")


def _require_entry_condition(description: StrategyDescription, values: Mapping[str, Any]) -> None:
    conditions = description.schema.get("x-entry-conditions", ())
    if conditions and not any(values.get(name) for name in conditions):
        advice = f"enable at least one of {', '.join(conditions)}"
        raise ServiceError.failed_precondition(
            "NO_ENTRY_CONDITION",
            f"{description.name} would never trade: {advice}.",
            preconditions=[Precondition("NO_ENTRY_CONDITION", description.name, advice)],
            metadata={"strategy": description.name, "entry_conditions": ",".join(conditions)},
        )


def _final(configuration: strategy_pb2.RunConfiguration, values: Mapping[str, Any]) -> strategy_pb2.RunConfiguration:
    final = strategy_pb2.RunConfiguration(
        strategy=configuration.strategy,
        parameters={name: to_text(value) for name, value in values.items() if name not in LIFTED},
        symbols=values.get("symbols", ()),
        data_root=configuration.data_root,
        lean_version=configuration.lean_version or DEFAULT_LEAN_VERSION,
        allow_missing_data=configuration.allow_missing_data,
        no_download=configuration.no_download,
    )
    for name, target in (("start_date", final.start_date), ("end_date", final.end_date)):
        if name in values:
            target.CopyFrom(to_date(date.fromisoformat(values[name])))
    if "starting_cash" in values:
        final.cash = to_text(values["starting_cash"])
    return final
