"""The data phase of a run: look what is there, fetch what is missing, tell the log."""

from __future__ import annotations

from collections.abc import Sequence

from services.gateway.coalesce import Coalescer
from services.gateway.coverage import (
    DataPlan,
    data_line,
    findings,
    missing_data,
    missing_warnings,
    plan,
)
from services.gateway.driven import DrivenRun, patiently
from services.gateway.identity import config_hash
from services.gateway.limits import fit_log
from services.gateway.peers import Downloader
from services.gateway.relay import relay
from services.gateway.store import Change
from services.gateway.transition import Phase, PhaseEntered
from zac.data.v1 import download_pb2, downloader_service_pb2
from zac.gateway.v1 import run_pb2
from zac.run.v1 import execution_pb2

__all__ = ["prepare_data"]


async def prepare_data(run: DrivenRun, downloader: Downloader) -> Change:
    """Sees to it that the run's data are there; gives the change that takes the run on to its engine.

    Raises the error the run fails with: DATA_MISSING, or what the downloader says.
    """
    requirements = run.execution.resolved.data_requirements
    if not requirements:
        return _engine_next(run, "", simulated=False, warnings=())
    coverage = await patiently(run.clock, lambda: downloader.check_coverage(requirements, run.execution.data_root))
    if plan(coverage, run.execution.resolved.configuration) is DataPlan.DOWNLOAD:
        summary = await _download(run, downloader)
        return _engine_next(run, summary.data_manifest_digest, simulated=summary.simulated_data, warnings=())
    await run.log(*findings(requirements, coverage.uncovered))
    warnings = missing_warnings(coverage.uncovered)
    return _engine_next(run, coverage.data_manifest_digest, simulated=coverage.simulated_data, warnings=warnings)


async def _download(run: DrivenRun, downloader: Downloader) -> download_pb2.DownloadSummary:
    """Fetch what is missing; the downloader itself tells the log what that is and what it took."""
    await run.live(PhaseEntered(Phase.DOWNLOADING_DATA))
    coalescer = Coalescer(run.clock)

    async def accept(message: downloader_service_pb2.DownloadResponse) -> download_pb2.DownloadSummary | None:
        match message.WhichOneof("message"):
            case "progress":
                coalescer.add(run_pb2.RunEvent(download_progress=message.progress))
            case "log":
                coalescer.add(run_pb2.RunEvent(log=fit_log(data_line(message.log.text))))
            case "summary":
                return message.summary
        return None

    async def attempt() -> download_pb2.DownloadSummary | None:
        async with downloader.download(run.execution.resolved.data_requirements, run.execution.data_root) as messages:
            return await relay(
                messages, accept, coalescer, lambda everything: run.flush(coalescer, everything=everything)
            )

    summary = None
    while summary is None:  # what is complete stays, so a download that broke off goes on where it was
        summary = await patiently(run.clock, attempt)
    await run.log(*findings(run.execution.resolved.data_requirements, summary.uncovered))
    if summary.uncovered:
        raise missing_data(summary.uncovered, "The provider did not deliver them.")
    return summary


def _engine_next(
    run: DrivenRun, manifest_digest: str, *, simulated: bool, warnings: Sequence[execution_pb2.Warning]
) -> Change:
    run.execution.simulated_data = simulated
    del run.execution.warnings[:]
    run.execution.warnings.extend(warnings)
    facts = run_pb2.Run(
        data_manifest_digest=manifest_digest,
        simulated_data=simulated,
        config_hash=config_hash(run.execution.resolved, manifest_digest),
    )
    return Change(life=[PhaseEntered(Phase.STARTING_ENGINE)], facts=facts, execution=run.execution)
