"""Requests nobody should send: answered with a documented code, never with a bug."""

from __future__ import annotations

from typing import Any

import grpc
from google.type import date_pb2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zac.run.v1 import runner_service_pb2, strategy_pb2

REFUSALS = {"INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE"}
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(
    ["typed", "slow", "dual_sma", "SPY", "../x", "0198a7c8-0000-7000-8000-000000000000", "1e999", "/", "\0", "x" * 300]
)
INT32 = st.integers(-(2**31), 2**31 - 1)
INT64 = st.integers(-(2**63), 2**63 - 1)
DATES = st.builds(date_pb2.Date, year=INT32, month=INT32, day=INT32)
CONFIGURATIONS = st.builds(
    strategy_pb2.RunConfiguration,
    strategy=TEXTS,
    parameters=st.dictionaries(TEXTS, TEXTS, max_size=4),
    symbols=st.lists(TEXTS, max_size=4),
    start_date=st.none() | DATES,
    end_date=st.none() | DATES,
    cash=TEXTS,
    data_root=TEXTS,
    lean_version=TEXTS,
)
RESOLVED = st.builds(strategy_pb2.ResolvedConfiguration, configuration=CONFIGURATIONS, source_digest=TEXTS)
REQUESTS = {
    "DescribeStrategy": st.builds(runner_service_pb2.DescribeStrategyRequest, name=TEXTS),
    "ValidateStrategy": st.builds(runner_service_pb2.ValidateStrategyRequest, configuration=CONFIGURATIONS),
    "GetExecution": st.builds(runner_service_pb2.GetExecutionRequest, run_id=TEXTS, attempt=INT32),
    "CancelExecution": st.builds(
        runner_service_pb2.CancelExecutionRequest, run_id=TEXTS, attempt=INT32, keep_partial_results=st.booleans()
    ),
    "WaitExecution": st.builds(
        runner_service_pb2.WaitExecutionRequest, run_id=TEXTS, attempt=INT32, after_sequence=INT64
    ),
    "Execute": st.builds(
        runner_service_pb2.ExecuteRequest,
        run_id=TEXTS,
        attempt=INT32,
        fencing_token=INT64,
        resolved=RESOLVED,
        data_root=TEXTS | st.just("/tmp"),
        after_sequence=INT64,
    ),
}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(call=st.sampled_from(sorted(REQUESTS)).flatmap(lambda name: st.tuples(st.just(name), REQUESTS[name])))
def test_any_request_is_answered_or_refused_with_a_documented_code(runner: Any, call: tuple[str, Any]) -> None:
    name, request = call
    code = "OK"
    try:
        answer = getattr(runner.stub, name)(request, timeout=30)
        if name in ("WaitExecution", "Execute"):
            list(answer)
    except grpc.RpcError as error:
        code = error.code().name
    assert code in REFUSALS | {"OK"}
