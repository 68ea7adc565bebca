#!/usr/bin/env python3
"""The Python SDK's Replayer on the same history shapes, for a ratio.

    python_replayer.py DIR [--sandbox]     # DIR as histories.py wrote it; one JSON line a shape
"""
import argparse
import asyncio
import datetime
import json
import os
import pathlib
import time

from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner


@workflow.defn(name="app:bench_workflow")
class BenchWorkflow:
    @workflow.run
    async def run(self, arguments: dict) -> dict:
        total = 0
        for index in range(1, arguments["count"] + 1):
            result = await workflow.execute_activity(
                "app:echo", {"number": index, "text": "benchmark"},
                start_to_close_timeout=datetime.timedelta(seconds=600))
            total += result["number"]
        return {"sum": total}


async def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--sandbox", action="store_true", help="with the SDK's sandbox, its default")
    arguments = parser.parse_args()
    options = {} if arguments.sandbox else {"workflow_runner": UnsandboxedWorkflowRunner()}
    for shape, copies in (("small", 200), ("long", 1)):
        text = (arguments.directory / f"{shape}.python.json").read_text()
        begin = time.perf_counter()
        histories = [WorkflowHistory.from_json("bench", text) for _ in range(copies)]
        decoded = time.perf_counter()
        replayer = Replayer(workflows=[BenchWorkflow], **options)

        async def stream():
            for history in histories:
                yield history

        results = await replayer.replay_workflows(stream(), raise_on_replay_failure=False)
        end = time.perf_counter()
        if results.replay_failures:
            raise SystemExit(f"python: {next(iter(results.replay_failures.values()))}")
        events = sum(len(history.events) for history in histories)
        print(json.dumps({
            "replayer": "python", "shape": shape, "histories": copies, "events": events,
            "memory": {"histories/s": round(copies / (end - decoded)), "events/s": round(events / (end - decoded))},
            "file": {"histories/s": round(copies / (end - begin)), "events/s": round(events / (end - begin))}}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
    # The SDK's native threads now and then crash an interpreter that is shutting down; everything is printed already.
    os._exit(0)
