"""A gRPC server that hands every call to hindcast-bridge, which serves Hindcast's server on its standard streams.

It lets the oracle's scenarios, which are written for gRPC, run against the server in the bridge's process.
"""
import asyncio
import itertools
import struct

import grpc
import grpc.aio


class Bridge:
    def __init__(self, process):
        self.process = process
        self.calls = {}
        self.numbers = itertools.count(1)
        self.reader = asyncio.create_task(self.read())

    async def read(self):
        stream = self.process.stdout
        try:
            while True:
                (length,) = struct.unpack(">I", await stream.readexactly(4))
                frame = await stream.readexactly(length)
                call, code = struct.unpack(">QI", frame[:12])
                waiter = self.calls.pop(call, None)
                if waiter and not waiter.done():
                    waiter.set_result((code, frame[12:]))
        except (asyncio.IncompleteReadError, ConnectionError):
            for waiter in self.calls.values():
                if not waiter.done():
                    waiter.set_result((14, b""))

    async def call(self, method, client, timeout, request):
        number = next(self.numbers)
        waiter = self.calls[number] = asyncio.get_running_loop().create_future()
        name, client = method.strip("/").encode(), client.encode()
        self.send(struct.pack(">QBI", number, 1, int(min(max(timeout, 0), 4e6) * 1000)) + struct.pack(">H", len(name)) + name
                  + struct.pack(">H", len(client)) + client + request)
        try:
            return await waiter
        except asyncio.CancelledError:
            self.calls.pop(number, None)
            self.send(struct.pack(">QB", number, 2))
            raise

    def send(self, frame):
        self.process.stdin.write(struct.pack(">I", len(frame)) + frame)


class Front(grpc.GenericRpcHandler):
    def __init__(self, bridge):
        self.bridge = bridge

    def service(self, details):
        metadata = dict(details.invocation_metadata or ())
        client = metadata.get("client-name", "")

        async def handle(request, context):
            remaining = context.time_remaining()
            code, body = await self.bridge.call(details.method, client, 70 if remaining is None else remaining, request)
            if code == 0:
                return body
            message = status_message(body)
            context.set_trailing_metadata((("grpc-status-details-bin", body),))
            await context.abort(next(c for c in grpc.StatusCode if c.value[0] == code), message)

        return grpc.unary_unary_rpc_method_handler(handle)


def status_message(body):
    """The text of a google.rpc.Status: field 2, behind the two bytes of the code."""
    if len(body) < 3 or body[2] != 0x12:
        return ""
    length = shift = 0
    at = 3
    while True:
        byte = body[at]
        at += 1
        length |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return body[at:at + length].decode("utf-8", "replace")


async def start(binary, *settings):
    """Starts the bridge and a gRPC server in front of it; gives the server, the bridge's process and the port.

    A setting is a limit and its value: historyEvents=60.
    """
    process = await asyncio.create_subprocess_exec(
        binary, *settings, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 26)
    server = grpc.aio.server(options=[("grpc.max_receive_message_length", 1 << 27), ("grpc.max_send_message_length", 1 << 27)])
    server.add_generic_rpc_handlers((Front(Bridge(process)),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    return server, process, port
