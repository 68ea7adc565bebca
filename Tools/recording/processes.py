"""The programs that a recording needs: a Temporal server and a Hindcast worker."""
import asyncio
import contextlib
import pathlib
import signal
import sys
import tempfile

import temporalio.testing

IDENTITY = "hindcast-record"
"""What histories say about the client that started a workflow."""


class ProgramError(Exception):
    """A program that did not do what is needed of it."""


@contextlib.asynccontextmanager
async def server(kind: str, namespace: str, deadline: float):
    """Runs a server of a kind, and gives its environment of the Python SDK."""
    tools = pathlib.Path(sys.executable).parent
    if kind == "dev":
        start = temporalio.testing.WorkflowEnvironment.start_local(
            namespace=namespace,
            identity=IDENTITY,
            dev_server_existing_path=program(tools / "temporal"),
            dev_server_log_level="error",
        )
    else:
        start = temporalio.testing.WorkflowEnvironment.start_time_skipping(
            identity=IDENTITY, test_server_existing_path=program(tools / "temporal-test-server")
        )
    environment = await asyncio.wait_for(start, deadline)
    try:
        yield environment
    finally:
        await environment.shutdown()


def program(path: pathlib.Path) -> str:
    if not path.exists():
        raise ProgramError(f"there is no {path}: run Tools/setup --tests")
    return str(path)


def address(environment) -> str:
    """Where a server of server() listens."""
    return environment.client.service_client.config.target_host


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
