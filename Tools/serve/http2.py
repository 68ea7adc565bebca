"""Just enough HTTP/2 over a plain socket to misuse it: frames as they are written (RFC 9113), headers without compression."""
import socket
import struct
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9
END_STREAM, END_HEADERS, ACK = 1, 4, 1
INITIAL_WINDOW_SIZE = 4


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def literal(name, value):
    """A header that is not indexed (RFC 7541, 6.2.2), its length in one byte or as a varint of seven bits."""
    def text(bytes_):
        if len(bytes_) < 127:
            return bytes([len(bytes_)]) + bytes_
        rest, length = bytearray([127]), len(bytes_) - 127
        while length >= 128:
            rest.append(length % 128 + 128)
            length //= 128
        return bytes(rest) + bytes([length]) + bytes_
    return b"\x00" + text(name) + text(value)


def request_headers(path, more=()):
    pairs = [(b":method", b"POST"), (b":scheme", b"http"), (b":path", path), (b":authority", b"x"),
             (b"content-type", b"application/grpc"), (b"te", b"trailers"), *more]
    return b"".join(literal(name, value) for name, value in pairs)


def message(request):
    return b"\x00" + struct.pack(">I", len(request)) + request


class Connection:
    """A client's end. Reads only what it is told to."""

    def __init__(self, port, settings=()):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        payload = b"".join(struct.pack(">HI", key, value) for key, value in settings)
        self.socket.sendall(PREFACE + frame(SETTINGS, 0, 0, payload))
        self.buffer = b""

    def send(self, data):
        self.socket.sendall(data)

    def call(self, stream, path, request, more=()):
        self.send(frame(HEADERS, END_HEADERS, stream, request_headers(path, more))
                  + frame(DATA, END_STREAM, stream, message(request)))

    def frames(self, seconds):
        """What comes within so long, or until the server closes."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            while len(self.buffer) >= 9:
                length = int.from_bytes(self.buffer[:3], "big")
                if len(self.buffer) < 9 + length:
                    break
                kind, flags, stream = self.buffer[3], self.buffer[4], int.from_bytes(self.buffer[5:9], "big")
                payload, self.buffer = self.buffer[9:9 + length], self.buffer[9 + length:]
                yield kind, flags, stream, payload
            self.socket.settimeout(left)
            try:
                data = self.socket.recv(1 << 16)
            except (TimeoutError, ConnectionError):
                return
            if not data:
                return
            self.buffer += data

    def close(self):
        self.socket.close()
