"""A time stamp authority that tests run: a real HTTP server with a certificate of its own (RFC 3161)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

from asn1crypto import core, keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

NAME = "Tijdstempel Voorbeeld"
Request = tsp.TimeStampReq
Answer = tuple[int, str, bytes]
Answering = Callable[[Request], Answer]
REPLY = "application/timestamp-reply"


@lru_cache(maxsize=2)
def _key(number: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def certificate(*, stamps: bool = True, ended: bool = False) -> asn1.Certificate:
    """A self-made certificate that may stamp times, or may not, or whose days are over."""
    now = datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    usage = ExtendedKeyUsageOID.TIME_STAMPING if stamps else ExtendedKeyUsageOID.SERVER_AUTH
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(_key(1).public_key())
        .serial_number(4712)
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=-2 if ended else 365))
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
        .sign(_key(1), hashes.SHA256())
    )
    return asn1.Certificate.load(made.public_bytes(Encoding.DER))


def authority(
    *, stamps: bool = True, ended: bool = False, key: int = 1, at: datetime | None = None
) -> DummyTimeStamper:
    """What signs the tokens; ``key`` 2 is not that of its certificate."""
    der = _key(key).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    own = certificate(stamps=stamps, ended=ended)
    return DummyTimeStamper(own, keys.PrivateKeyInfo.load(der), fixed_dt=at)


def granting(by: DummyTimeStamper) -> Answering:
    return lambda asked: (200, REPLY, by.request_tsa_response(asked).dump())


def with_another_nonce(by: DummyTimeStamper) -> Answering:
    def answer(asked: Request) -> Answer:
        asked["nonce"] = core.Integer(4711)
        return 200, REPLY, by.request_tsa_response(asked).dump()

    return answer


def on_another_document(by: DummyTimeStamper) -> Answering:
    def answer(asked: Request) -> Answer:
        asked["message_imprint"]["hashed_message"] = bytes(32)
        return 200, REPLY, by.request_tsa_response(asked).dump()

    return answer


def refusing(_asked: Request) -> Answer:
    status = tsp.PKIStatusInfo({"status": "rejection", "status_string": ["te veel vragen"]})
    said = status.dump()  # without a token, which asn1crypto cannot write
    return 200, REPLY, bytes([0x30, len(said)]) + said


@contextmanager
def server(answering: Answering) -> Iterator[str]:
    """Its address; what it was asked is answered as told."""

    class Asked(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = Request.load(self.rfile.read(int(self.headers["Content-Length"])))
            status, kind, body = answering(asked)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: object) -> None:
            """Nothing: tests read what was made."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Asked)
    thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_address[1]}/tsa"
    finally:
        running.shutdown()
        thread.join()
        running.server_close()


@contextmanager
def never_answering() -> Iterator[str]:
    """The address of a server that takes a question and says nothing until the test is over."""
    over = Event()

    def answer(_asked: Request) -> Answer:
        over.wait(10)
        return 500, "text/plain", b""

    with server(answer) as address:
        try:
            yield address
        finally:
            over.set()
