"""Time stamps (RFC 3161) that seals carry: asked for over HTTP, and looked at before a seal rests on them.

pyHanko checks that the answer was granted and holds the nonce, not that the token is sound: whatever came
back would stand in the letter for good. Imported by core/seal.py alone, inside its functions.
"""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
from asn1crypto import cms, tsp  # type: ignore[import-untyped]  # it has no types
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from callflow.core import clock

PATIENCE = 20
"""Seconds until a server whose answer is not there as a whole counts as silent."""
DRIFT = timedelta(minutes=5)
"""How far the clock of the server may be from ours."""
REPLY = "application/timestamp-reply"


class Silent(Exception):
    """The server could not be reached, said nothing in time, or has trouble of its own."""


class Unsound(Exception):
    """The server answered, and a seal must not rest on that answer."""


class Stamper(TimeStamper):
    """Asks the server at ``url``. Raises Silent or Unsound."""

    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # pyHanko leaves it untyped
        self.url = url

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        asking = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE))
        headers = {"Content-Type": "application/timestamp-query", "Accept": REPLY}
        try:
            async with asking, asking.post(self.url, data=req.dump(), headers=headers) as said:
                status, kind, body = said.status, said.content_type, await said.read()
        except (aiohttp.ClientError, OSError) as silent:  # a timeout is one of the latter
            raise Silent(type(silent).__name__) from silent
        if status != HTTPStatus.OK:
            raise Silent(f"HTTP {status}")
        if kind != REPLY:
            raise Unsound("no time stamp reply")
        return tsp.TimeStampResp.load(body)

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A token on exactly this digest, signed now by a certificate that may stamp times."""
        try:
            token = await super().async_timestamp(message_digest, md_algorithm)
            flaw = await _flaw(token, message_digest)
        except TimestampRequestError as refused:
            raise Unsound(str(refused)) from refused
        # a wrong nonce and an answer that does not parse end in errors of the language
        except (ValueError, TypeError, KeyError, AttributeError) as wrong:
            raise Unsound(f"{type(wrong).__name__} in the answer") from wrong
        if flaw:
            raise Unsound(flaw)
        return token


async def _flaw(token: cms.ContentInfo, digest: bytes) -> str:
    """What is wrong with a token; empty when it is sound. Who issued the certificate is for whoever chose
    the server: it is its own root here.
    """
    signed = token["content"]
    stamped_by = _signer_of(signed)
    if stamped_by is None:
        return "no certificate of the server"
    at = signed["encap_content_info"]["content"].parsed["gen_time"].native
    if abs(clock.now() - at) > DRIFT:
        return f"stamped at {at.isoformat()}"
    itself = ValidationContext(trust_roots=[stamped_by])
    said = await validate_tst_signed_data(signed, itself, lambda _algorithm: digest)
    status = TimestampSignatureStatus(**said)
    if not (status.intact and status.valid):
        return "the token is not sound"
    usage = stamped_by.extended_key_usage_value
    if usage is None or "time_stamping" not in usage.native:
        return "the certificate may not stamp times"
    held = stamped_by.not_valid_before <= at <= stamped_by.not_valid_after
    return "" if held else "the certificate did not hold"


def _signer_of(signed: cms.SignedData) -> Any:
    sid = signed["signer_infos"][0]["sid"].chosen
    for each in signed["certificates"]:
        found = each.chosen
        if isinstance(sid, cms.IssuerAndSerialNumber):
            if (found.issuer, found.serial_number) == (sid["issuer"], sid["serial_number"].native):
                return found
        elif found.key_identifier == sid.native:
            return found
    return None
