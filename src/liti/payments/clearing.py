"""The port to the clearing house and its HTTP implementation (ISO 20022 pacs.008 / pacs.002)."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.conf import settings

from liti.core.money import format_minor

PACS_008 = "urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"
PACS_002 = "urn:iso:std:iso:20022:tech:xsd:pacs.002.001.10"
TIMEOUT_SECONDS = 3
ANSWER_BYTES_MAX = 64_000


@dataclass(frozen=True, slots=True)
class Instruction:
    """What is asked of the clearing house. `direction`: out = pay to the card, in = collect."""

    id: UUID
    direction: str
    amount_minor: int
    currency: str
    card_token: str
    card_tail: str
    holder_name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """The clearing house's word. Status is an ISO 20022 code; empty when no answer came."""

    status: str
    reason: str = ""
    reference: str = ""


class ClearingHouse(Protocol):
    """What the payments room needs of a clearing house."""

    def submit(self, instruction: Instruction) -> Answer:
        """Send; an empty answer means that nobody knows what became of it."""

    def query(self, instruction_id: UUID) -> Answer:
        """Ask what became of an instruction; an empty answer when it can't be told now."""


class HttpClearingHouse:
    """The clearing house over HTTP."""

    def __init__(self, url: str | None = None) -> None:
        self.url = (url or settings.LITI_CLEARING_URL).rstrip("/")

    def submit(self, instruction: Instruction) -> Answer:
        return self._ask(f"{self.url}/payments", pacs_008(instruction))

    def query(self, instruction_id: UUID) -> Answer:
        return self._ask(f"{self.url}/payments/{instruction_id}", None)

    def _ask(self, url: str, body: bytes | None) -> Answer:
        request = urllib.request.Request(
            url, data=body, headers={"Content-Type": "application/xml"}
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
                return read_pacs_002(response.read(ANSWER_BYTES_MAX))
        except urllib.error.HTTPError as error:
            # 404 on a query is an answer: the house has never seen the instruction.
            return Answer("RJCT", "NOAS") if error.code == 404 and body is None else Answer("")
        except (OSError, http.client.HTTPException, ET.ParseError):
            return Answer("")


def pacs_008(instruction: Instruction) -> bytes:
    """The instruction as a customer credit transfer."""
    document = ET.Element("Document", xmlns=PACS_008)
    body = ET.SubElement(document, "FIToFICstmrCdtTrf")
    header = ET.SubElement(body, "GrpHdr")
    ET.SubElement(header, "MsgId").text = instruction.id.hex
    ET.SubElement(header, "CreDtTm").text = instruction.created_at.isoformat(timespec="seconds")
    ET.SubElement(header, "NbOfTxs").text = "1"
    transaction = ET.SubElement(body, "CdtTrfTxInf")
    identification = ET.SubElement(transaction, "PmtId")
    ET.SubElement(identification, "EndToEndId").text = instruction.id.hex
    amount = ET.SubElement(transaction, "IntrBkSttlmAmt", Ccy=instruction.currency)
    amount.text = format_minor(instruction.amount_minor, instruction.currency, grouping=False)
    purpose = ET.SubElement(transaction, "Purp")
    ET.SubElement(purpose, "Prtry").text = instruction.direction
    side = "CdtrAcct" if instruction.direction == "out" else "DbtrAcct"
    account = ET.SubElement(ET.SubElement(transaction, side), "Id")
    other = ET.SubElement(account, "Othr")
    ET.SubElement(other, "Id").text = f"{instruction.card_token[:20]}-{instruction.card_tail}"
    return ET.tostring(document, encoding="utf-8", xml_declaration=True)


def read_pacs_002(data: bytes) -> Answer:
    """The status report. Raises ParseError for what is no such message."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise ET.ParseError("document types are not read")
    root = ET.fromstring(data)
    space = f"{{{PACS_002}}}"
    status = root.findtext(f".//{space}TxSts") or ""
    reason = root.findtext(f".//{space}StsRsnInf/{space}Rsn/{space}Cd") or ""
    reference = root.findtext(f".//{space}ClrSysRef") or ""
    return Answer(status, reason, reference)
