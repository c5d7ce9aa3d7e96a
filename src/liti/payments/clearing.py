"""The port to the clearing house and its HTTP implementation (ISO 20022 pacs.008 / pacs.002)."""

from __future__ import annotations

import logging
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol
from uuid import UUID

import httpcore
import httpx
from django.conf import settings

from liti.core.handshake import NotOurs, recognise
from liti.core.money import format_minor

PACS_008 = "urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"
PACS_002 = "urn:iso:std:iso:20022:tech:xsd:pacs.002.001.10"
TIMEOUT_SECONDS = 3  # to connect, to write, and between two pieces of the answer
ANSWER_SECONDS_MAX = 10  # for the whole answer, however slowly it trickles
CONNECTIONS_MAX = 8
ANSWER_BYTES_MAX = 64_000
OWN_NAME = "Liti"
OF_THIS_MACHINE = ("http://127.0.0.1", "http://localhost")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Instruction:
    """What is asked of the clearing house. `direction`: out = pay to the card, in = collect.

    Account and card are of the same name: the rule of bound cards (银发〔2016〕302号).
    """

    id: UUID
    direction: str
    amount_minor: int
    currency: str
    card_token: str
    card_tail: str
    holder_name: str
    created_at: datetime
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The clearing house's word. Status is an ISO 20022 code; empty when no answer came."""

    status: str
    reason: str = ""
    reference: str = ""


NO_ANSWER = Answer("")
# The house says that it has no such instruction. That is no refusal: the instruction may
# still be on its way there. Sending it again is safe, because its id makes it one payment.
NEVER_SEEN = Answer("", reason="NOAS")


class ClearingHouse(Protocol):
    """What the payments room needs of a clearing house."""

    def submit(self, instruction: Instruction) -> Answer:
        """Send; NO_ANSWER means that nobody knows what became of it."""

    def query(self, instruction_id: UUID) -> Answer:
        """Ask what became of an instruction: its outcome, NEVER_SEEN or NO_ANSWER."""


class Recognised(httpcore.SyncBackend):
    """Connections to a house of this machine: none is used before it has proved to be ours."""

    def __init__(self, token: str) -> None:
        self._token = token

    def connect_tcp(self, host: str, port: int, timeout: float | None = None,
                    local_address: str | None = None,
                    socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
                    ) -> httpcore.NetworkStream:  # fmt: skip
        stream = super().connect_tcp(host, port, timeout, local_address, socket_options)
        try:
            recognise(
                self._token,
                lambda data: stream.write(data, timeout),
                lambda: stream.read(ANSWER_BYTES_MAX, timeout),
            )
        except BaseException as error:
            stream.close()
            if isinstance(error, NotOurs):
                log.warning("%s:%s is not this bank's clearing house; nothing was said", host, port)
                raise httpcore.ConnectError("not this bank's clearing house") from error
            raise
        return stream


@cache
def _client(timeout_seconds: float, token: str) -> httpx.Client:
    """One pool of connections a process, shared by its threads."""
    limits = httpx.Limits(max_connections=CONNECTIONS_MAX)
    transport = httpx.HTTPTransport(limits=limits, trust_env=False)
    if token:
        transport._pool = httpcore.ConnectionPool(
            max_connections=CONNECTIONS_MAX, network_backend=Recognised(token)
        )
    return httpx.Client(
        timeout=timeout_seconds,
        transport=transport,
        headers={"Content-Type": "application/xml"},
        trust_env=False,
    )


class HttpClearingHouse:
    """The clearing house over HTTP; directly, whatever proxy the environment names.

    The installation's own at a port of this machine must prove that it is; one elsewhere proves
    it by its certificate.
    """

    def __init__(self, url: str | None = None, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self.url = (url or settings.LITI_CLEARING_URL).rstrip("/")
        self.timeout_seconds = timeout_seconds
        ours = url is None and self.url.startswith(OF_THIS_MACHINE)
        self._client = _client(timeout_seconds, settings.LITI_CLEARING_TOKEN if ours else "")

    def submit(self, instruction: Instruction) -> Answer:
        return self._ask(f"{self.url}/payments", instruction.id, pacs_008(instruction))

    def query(self, instruction_id: UUID) -> Answer:
        return self._ask(f"{self.url}/payments/{instruction_id.hex}", instruction_id, None)

    def _ask(self, url: str, instruction_id: UUID, body: bytes | None) -> Answer:
        method = "GET" if body is None else "POST"
        try:
            with self._client.stream(method, url, content=body) as response:
                if response.status_code == 404 and body is None:
                    return NEVER_SEEN
                if not response.is_success:
                    return NO_ANSWER
                return read_pacs_002(_read(response), instruction_id)
        except (httpx.HTTPError, httpx.InvalidURL, ET.ParseError, ValueError, LookupError):
            return NO_ANSWER


def _read(response: httpx.Response) -> bytes:
    """The answer, as long as it stays within its bounds of size and time."""
    data, end = b"", time.monotonic() + ANSWER_SECONDS_MAX
    for piece in response.iter_bytes():
        data += piece
        if len(data) > ANSWER_BYTES_MAX or time.monotonic() > end:
            raise ValueError("the answer is longer, or takes longer, than any report does")
    return data


def pacs_008(instruction: Instruction) -> bytes:
    """The instruction as a customer credit transfer (pacs.008.001.08).

    A collection is written as one too, with purpose "in": the schema's message for it
    (pacs.003) is not spoken here.
    """
    id, out = instruction.id.hex, instruction.direction == "out"
    document = ET.Element("Document", xmlns=PACS_008)
    body = ET.SubElement(document, "FIToFICstmrCdtTrf")
    _write(body, "GrpHdr/MsgId", id)
    _write(body, "GrpHdr/CreDtTm", instruction.created_at.isoformat(timespec="seconds"))
    _write(body, "GrpHdr/NbOfTxs", "1")
    _write(body, "GrpHdr/SttlmInf/SttlmMtd", "CLRG")
    entry = ET.SubElement(body, "CdtTrfTxInf")
    _write(entry, "PmtId/EndToEndId", id)
    amount = ET.SubElement(entry, "IntrBkSttlmAmt", Ccy=instruction.currency)
    amount.text = format_minor(instruction.amount_minor, instruction.currency, grouping=False)
    _write(entry, "ChrgBr", "SLEV")
    card = f"{instruction.card_token[-29:]}-{instruction.card_tail}"
    own, theirs = (OWN_NAME, instruction.issuer) if out else (instruction.issuer, OWN_NAME)
    _write(entry, "Dbtr/Nm", instruction.holder_name)
    if not out:
        _write(entry, "DbtrAcct/Id/Othr/Id", card)
    _agent(entry, "DbtrAgt", own)
    _agent(entry, "CdtrAgt", theirs)
    _write(entry, "Cdtr/Nm", instruction.holder_name)
    if out:
        _write(entry, "CdtrAcct/Id/Othr/Id", card)
    _write(entry, "Purp/Prtry", instruction.direction)
    return ET.tostring(document, encoding="utf-8", xml_declaration=True)


def _write(parent: ET.Element, path: str, text: str) -> None:
    """Put a text at a path below an element; steps that are there already are used."""
    for step in path.split("/"):
        found = parent.find(step)
        parent = ET.SubElement(parent, step) if found is None else found
    parent.text = text


def _agent(entry: ET.Element, tag: str, name: str) -> None:
    institution = ET.SubElement(ET.SubElement(entry, tag), "FinInstnId")
    if name:
        ET.SubElement(institution, "Nm").text = name


def read_pacs_002(data: bytes, instruction_id: UUID) -> Answer:
    """The status report (pacs.002.001.10) about one instruction.

    Raises ParseError for what is no such message or speaks of another instruction.
    """
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\0" in data:
        raise ET.ParseError("document types and wide encodings are not read")
    space = f"{{{PACS_002}}}"
    entry = ET.fromstring(data).find(f"{space}FIToFIPmtStsRpt/{space}TxInfAndSts")
    if entry is None:
        raise ET.ParseError("TxInfAndSts is missing")
    if entry.findtext(f"{space}OrgnlEndToEndId") != instruction_id.hex:
        raise ET.ParseError("OrgnlEndToEndId is of another instruction")
    return Answer(
        entry.findtext(f"{space}TxSts") or "",
        entry.findtext(f"{space}StsRsnInf/{space}Rsn/{space}Cd") or "",
        entry.findtext(f"{space}ClrSysRef") or "",
    )
