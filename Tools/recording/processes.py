"""The programs that a recording needs: a Temporal server and a Hindcast worker."""
import asyncio
import contextlib
import json
import pathlib
import signal
import socket
import sys
import tempfile
import time

import temporalio.client
import temporalio.testing

IDENTITY = "hindcast-record"
"""What histories say about the client that started a workflow."""


class ProgramError(Exception):
    """A program that did not do what is needed of it."""


@contextlib.asynccontextmanager
async def server(kind: str, namespace: str, deadline: float):
    """Runs a server of a kind, and gives a client of it. On the time-skipping one, to wait for a result skips time."""
    tools = pathlib.Path(sys.executable).parent
    if kind == "dev":
        async with dev_server(program(tools / "temporal"), namespace, deadline) as client:
            yield client
        return
    start = temporalio.testing.WorkflowEnvironment.start_time_skipping(
        identity=IDENTITY, test_server_existing_path=program(tools / "temporal-test-server")
    )
    environment = await asyncio.wait_for(start, deadline)
    try:
        yield environment.client
    finally:
        await environment.shutdown()


@contextlib.asynccontextmanager
async def dev_server(temporal: str, namespace: str, deadline: float):
    where = f"127.0.0.1:{free_port()}"
    with tempfile.TemporaryFile() as log:
        process = await asyncio.create_subprocess_exec(
            temporal, "server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", where.split(":")[1],
            "--namespace", namespace, "--log-level", "error",
            stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            client = await connect(where, namespace, process, deadline)
            if client is None:
                log.seek(0)
                raise ProgramError(f"temporal server start-dev did not start:\n{log.read().decode(errors='replace')}")
            yield client
        finally:
            await stop(process)


async def connect(where: str, namespace: str, process, deadline: float):
    """A client of a server that is just starting; None when the server ends or takes too long."""
    end = time.monotonic() + deadline
    while process.returncode is None and time.monotonic() < end:
        try:
            return await temporalio.client.Client.connect(where, namespace=namespace, identity=IDENTITY)
        except RuntimeError:
            await asyncio.sleep(0.1)
    return None


def free_port() -> int:
    """A port that nobody listens on; the system does not give it out again at once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def program(path: pathlib.Path) -> str:
    if not path.exists():
        raise ProgramError(f"there is no {path}: run Tools/setup --tests")
    return str(path)


def address(client) -> str:
    """Where the server of a client listens."""
    return client.service_client.config.target_host


@contextlib.asynccontextmanager
async def worker(hindcast: pathlib.Path, app: pathlib.Path, server_address: str, deadline: float):
    """Runs `hindcast worker` for an app; gives a function that tells what it has logged."""
    with tempfile.NamedTemporaryFile("ab") as log:
        process = await asyncio.create_subprocess_exec(
            str(hindcast), "worker", "--app", str(app), "--address", server_address, "--identity", "hindcast",
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=log,
        )  # fmt: skip

        def logged() -> str:
            return pathlib.Path(log.name).read_text(errors="replace")

        try:
            line = await asyncio.wait_for(process.stdout.readline(), deadline)
            if not line.startswith(b"worker "):
                raise ProgramError(f"hindcast worker did not start:\n{line.decode(errors='replace')}{logged()}")
            yield logged
        finally:
            await stop(process)


async def stop(process):
    """Ends a process nicely, or else by force."""
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
    try:
        # Reads to the end, too, so that the process cannot hang on a full pipe.
        await asyncio.wait_for(process.communicate(), 15)
    except asyncio.TimeoutError:
        process.kill()
        await process.wait()


async def run(*command: str, deadline: float) -> bytes:
    """Runs a program to its end and gives its output."""
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        output, errors = await asyncio.wait_for(process.communicate(), deadline)
    except asyncio.TimeoutError:
        process.kill()
        await process.wait()
        raise ProgramError(f"{' '.join(command)} took longer than {deadline:.0f} s") from None
    if process.returncode != 0:
        raise ProgramError(f"{' '.join(command)} failed:\n{errors.decode(errors='replace')}")
    return output


async def call(hindcast: pathlib.Path, app: pathlib.Path, server_address: str, function: str, args: list, deadline: float):
    """Calls a function of an app with `hindcast call`: its result and None, or None and the text of its failure."""
    inputs = [part for arg in args for part in ("--input", json.dumps(arg))]
    process = await asyncio.create_subprocess_exec(
        str(hindcast), "call", function, "--app", str(app), "--address", server_address, "--identity", "hindcast", *inputs,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        output, errors = await asyncio.wait_for(process.communicate(), deadline)
    except asyncio.TimeoutError:
        process.kill()
        await process.wait()
        raise ProgramError(f"{function} took longer than {deadline:.0f} s") from None
    text = errors.decode(errors="replace")
    if process.returncode == 0:
        return json.loads(output), None
    if process.returncode == 1:
        return None, text.strip().splitlines()[-1]
    raise ProgramError(f"hindcast call {function} failed:\n{text}")
