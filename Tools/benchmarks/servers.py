#!/usr/bin/env python3
"""What `hindcast serve`, the real dev server and the Java test server do in a second, driven by one client and worker: the Python
SDK's.

Prints one JSON line a measurement and server, like ServiceBenchmark, which measures the server without gRPC. Processor time and
memory are the server's own: the SDK's come on top, on the same cores, and bound what can be done in a second.

How fast a shared machine is varies by a third within minutes: with rounds, the servers take turns, and the medians are given (each
result goes to standard error).

    Tools/benchmarks/servers.py [--starts N] [--workflows N] [--activities N] [--signals N] [--rounds N] [SERVER…]

Needs the venv of Tools/setup --tests and, for `hindcast serve`, a release build; $HINDCAST names the program:

    swift build -c release --static-swift-stdlib --traits GRPC,Server --scratch-path .build-grpc-release --product hindcast
"""
import argparse
import asyncio
import contextlib
import dataclasses
import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
try:
    from temporalio import activity, workflow
    from temporalio.client import Client
    from temporalio.worker import UnsandboxedWorkflowRunner, Worker
except ImportError:
    venv = ROOT / ".venv" / "bin" / "python3"
    if venv.exists() and pathlib.Path(sys.executable) != venv:
        os.execv(venv, [str(venv), __file__, *sys.argv[1:]])
    sys.exit("servers.py: needs the PyPI package temporalio; Tools/setup --tests installs it")

TOOLS = pathlib.Path(sys.executable).parent
# So many calls are under way at a time.
CONCURRENCY = 50
# So often a long history is read.
READINGS = 40
HINDCAST = os.environ.get("HINDCAST", ROOT / ".build-grpc-release" / "release" / "hindcast")
SERVERS = (
    "hindcast serve", "hindcast serve on a file", "dev server", "dev server on a file", "java test server")


@activity.defn(name="Activity")
async def nothing() -> None:
    pass


@workflow.defn(name="Empty")
class Empty:
    @workflow.run
    async def run(self) -> None:
        pass


@workflow.defn(name="Activities")
class Activities:
    @workflow.run
    async def run(self, count: int) -> None:
        await asyncio.gather(
            *[workflow.execute_activity(nothing, start_to_close_timeout=timedelta(seconds=30)) for _ in range(count)]
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def command(server: str, port: int, folder: str) -> list[str]:
    if server.startswith("hindcast serve"):
        return [str(HINDCAST), "serve", "--port", str(port)] + (
            ["--db", f"{folder}/hindcast.db"] if server.endswith("on a file") else [])
    if server == "java test server":
        return [str(TOOLS / "temporal-test-server"), str(port)]
    dev = [str(TOOLS / "temporal"), "server", "start-dev", "--headless", "--port", str(port), "--log-level", "never"]
    # The dev server refuses more calls a second than this benchmark makes unless it is told not to.
    for limit in ("frontend.rps", "frontend.namespaceRPS", "frontend.namespaceCount"):
        dev += ["--dynamic-config-value", f"{limit}=100000"]
    return dev + (["--db-filename", f"{folder}/dev.db"] if server.endswith("on a file") else [])


def processor_time(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int, field: str) -> int:
    """MiB that the process holds now (VmRSS), or held at most (VmHWM)."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith(field))


async def connect(port: int) -> Client:
    while True:
        try:
            return await Client.connect(f"127.0.0.1:{port}")
        except RuntimeError:
            await asyncio.sleep(0.002)


@dataclasses.dataclass
class Served:
    """A server that runs."""
    process: subprocess.Popen
    client: Client
    start_up: float
    idle: int


@contextlib.asynccontextmanager
async def served(server: str):
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        begin = time.monotonic()
        process = subprocess.Popen(command(server, port, folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            client = await asyncio.wait_for(connect(port), 60)
            yield Served(process, client, time.monotonic() - begin, memory(process.pid, "VmRSS"))
        finally:
            process.terminate()
            process.wait()


async def measure(server: str, type_name: str, count: int, activities: int = 0) -> dict:
    """Runs a number of workflows; without a worker, if their type is "Started", only starts them."""
    async with served(server) as running:
        client, pid = running.client, running.process.pid
        arguments = [activities] if activities else []
        gate = asyncio.Semaphore(CONCURRENCY)
        latencies: list[float] = []
        call = client.start_workflow if type_name == "Started" else client.execute_workflow

        async def run(number: int) -> None:
            async with gate:
                begin = time.monotonic()
                await call(type_name, args=arguments, id=f"{type_name}-{number}", task_queue="queue")
                latencies.append(time.monotonic() - begin)

        async def run_all() -> None:
            nonlocal seconds, processor
            await asyncio.gather(*[run(-number) for number in range(1, 11)])
            latencies.clear()
            before, begin = processor_time(pid), time.monotonic()
            await asyncio.gather(*[run(number) for number in range(count)])
            seconds, processor = time.monotonic() - begin, processor_time(pid) - before

        seconds = processor = 0.0
        if type_name == "Started":
            await run_all()
        else:
            async with Worker(
                    client, task_queue="queue", workflows=[Empty, Activities], activities=[nothing],
                    workflow_runner=UnsandboxedWorkflowRunner()):
                await run_all()
        latencies.sort()
        what = "starts" if type_name == "Started" else "workflows"
        result = {
            "server": server,
            "measured": f"workflows with {activities} activities" if activities else
            {"Started": "StartWorkflowExecution", "Empty": "empty workflows"}[type_name],
            f"{what}/s": round(count / seconds),
            f"server's processor ms a {what[:-1]}": round(processor / count * 1000, 3),
            "p50 ms": round(latencies[len(latencies) // 2] * 1000, 1),
            "p99 ms": round(latencies[len(latencies) * 99 // 100] * 1000, 1),
        }
        if activities:
            result["activities/s"] = round(count * activities / seconds)
        return result | {
            "start-up ms": round(running.start_up * 1000), "idle MiB": running.idle, "peak MiB": memory(pid, "VmHWM")}


async def measure_reading(server: str, signals: int) -> dict:
    """Reads the history of a run that got a number of signals, again and again."""
    async with served(server) as running:
        handle = await running.client.start_workflow("Started", id="long", task_queue="queue")
        gate = asyncio.Semaphore(CONCURRENCY)

        async def signal(number: int) -> None:
            async with gate:
                await handle.signal("signal", {"number": number, "text": "x" * 50})

        await asyncio.gather(*[signal(number) for number in range(signals)])

        async def read() -> int:
            return len([event async for event in handle.fetch_history_events()])

        count = await read()
        before, begin = processor_time(running.process.pid), time.monotonic()
        for _ in range(READINGS):
            await read()
        seconds, processor = time.monotonic() - begin, processor_time(running.process.pid) - before
        return {
            "server": server, "measured": f"reading a history of {count} events",
            "ms a reading": round(seconds / READINGS * 1000, 1),
            "server's processor ms a reading": round(processor / READINGS * 1000, 2)}


def medians(results: list[dict]) -> dict:
    """Of each figure the median, with all that is no figure."""
    return {
        name: value if isinstance(value, str) else statistics.median_low([result[name] for result in results])
        for name, value in results[0].items()}


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("servers", nargs="*", metavar="SERVER", help=f"of {', '.join(SERVERS)} (all unless told)")
    parser.add_argument("--starts", type=int, default=2000, help="how many workflows that are only started")
    parser.add_argument("--workflows", type=int, default=500, help="how many empty workflows")
    parser.add_argument("--activities", type=int, default=50, help="how many workflows with 10 activities")
    parser.add_argument("--signals", type=int, default=2000, help="how many signals the run has whose history is read")
    parser.add_argument("--rounds", type=int, default=1, help="measures in turn so often, and gives the medians")
    options = parser.parse_args()
    servers = options.servers or SERVERS
    for server in servers:
        if server not in SERVERS:
            parser.error(f"there is no {server}")
    measurements = [
        lambda server: measure(server, "Started", options.starts),
        lambda server: measure(server, "Empty", options.workflows),
        lambda server: measure(server, "Activities", options.activities, 10),
        lambda server: measure_reading(server, options.signals),
    ]
    for measurement in measurements:
        results = {server: [] for server in servers}
        for _ in range(options.rounds):
            for server in servers:
                result = await measurement(server)
                results[server].append(result)
                if options.rounds > 1:
                    print(json.dumps(result), file=sys.stderr, flush=True)
        for server in servers:
            print(json.dumps(medians(results[server])), flush=True)


asyncio.run(main())
