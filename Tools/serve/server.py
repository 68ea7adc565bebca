"""`hindcast serve` as a process of a test, and what the tools beside it share."""
import argparse
import asyncio
import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def use_venv(needs):
    """Runs the script again in the venv of Tools/setup --tests, unless it is there already."""
    venv = ROOT / ".venv"
    if pathlib.Path(sys.prefix) == venv:
        return
    if not (venv / "bin" / "python3").exists():
        sys.exit(f"{pathlib.Path(sys.argv[0]).name}: needs {needs}; Tools/setup --tests installs it")
    os.execv(venv / "bin" / "python3", [str(venv / "bin" / "python3"), *sys.argv])


class Server:
    """One process that serves; `address` is where."""

    program = pathlib.Path(os.environ.get("HINDCAST", ROOT / ".build-grpc" / "debug" / "hindcast"))

    def __init__(self, *arguments, port=0, wrap=()):
        begin = time.monotonic()
        self.process = subprocess.Popen(
            [*wrap, self.program, "serve", "--port", str(port), *map(str, arguments)], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.seconds_to_start = time.monotonic() - begin
        if " at " not in line:
            raise RuntimeError(f"hindcast serve ended with status {self.process.wait()}")
        self.address = line.split(" at ")[1].split(",")[0]
        self.port = int(self.address.rsplit(":", 1)[1])

    def stop(self, number=signal.SIGTERM):
        """Ends the server; gives its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Checks:
    """Runs checks one by one and says which held: those that the command line asks for."""

    def __init__(self, description):
        parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument(
            "--hindcast", type=pathlib.Path, default=Server.program, metavar="PROGRAM",
            help="the program ($HINDCAST or %(default)s unless told)")
        parser.add_argument("names", nargs="*", metavar="NAME", help="only checks whose names hold one of these")
        options = parser.parse_args()
        if not options.hindcast.exists():
            parser.error(f"{options.hindcast} is missing; swift build --traits GRPC,Server --product hindcast makes it")
        Server.program = options.hindcast
        self.names = options.names
        self.failed = 0
        self.count = 0

    def wants(self, name):
        return not self.names or any(word in name for word in self.names)

    async def run(self, name, check, timeout=60):
        if not self.wants(name):
            return
        self.count += 1
        begin = time.monotonic()
        try:
            said = await asyncio.wait_for(check(), timeout)
        except Exception as error:  # noqa: BLE001 - whatever went wrong is the finding
            self.failed += 1
            print(f"FAILED  {name}: {type(error).__name__}: {error}", flush=True)
            with contextlib.suppress(Exception):
                if error.__cause__:
                    print(f"        because of {error.__cause__}")
        else:
            print(f"passed  {name} ({time.monotonic() - begin:.1f} s){': ' + said if said else ''}", flush=True)

    def finish(self):
        if not self.count:
            print(f"no check's name holds {' or '.join(self.names)}", file=sys.stderr)
            return 2
        print(f"{self.count - self.failed}/{self.count} passed")
        return 1 if self.failed else 0


def expect(found, wanted):
    if found != wanted:
        raise AssertionError(f"{found!r}, not {wanted!r}")
