"""A passkey in software: what a key, a phone or a computer does, and what a wrong one would."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

PRESENT, VERIFIED, WITH_CREDENTIAL = 0x01, 0x04, 0x40
ORIGIN = "http://localhost"


@dataclass
class SoftKey:
    origin: str = ORIGIN
    verifies: bool = True
    count: int = 0
    number: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: bytes = b""
    aaguid: bytes = bytes(16)
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def create(self, options: dict[str, Any]) -> str:
        self.handle = base64url_to_bytes(options["user"]["id"])
        self.count += 1
        numbers = self.private.public_key().public_numbers()
        public = cbor2.dumps(
            {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        )
        credential = self.aaguid + len(self.number).to_bytes(2) + self.number + public
        said = self._said(options["rp"]["id"], WITH_CREDENTIAL) + credential
        response = {
            "clientDataJSON": bytes_to_base64url(self._client("webauthn.create", options)),
            "attestationObject": bytes_to_base64url(
                cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": said})
            ),
            "transports": ["usb", "not-a-transport"],
        }
        return self._answer(response)

    def get(self, options: dict[str, Any], **other: Any) -> str:
        self.count += 1
        said = self._said(options["rpId"], 0)
        client = self._client("webauthn.get", options)
        signed = self.private.sign(
            said + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256())
        )
        response = {
            "clientDataJSON": bytes_to_base64url(client),
            "authenticatorData": bytes_to_base64url(said),
            "signature": bytes_to_base64url(signed),
            "userHandle": bytes_to_base64url(self.handle),
        }
        return self._answer({**response, **other})

    def _said(self, site: str, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(site.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps({**said, "crossOrigin": False}).encode()

    def _answer(self, response: dict[str, Any]) -> str:
        number = bytes_to_base64url(self.number)
        return json.dumps(
            {"id": number, "rawId": number, "type": "public-key", "response": response}
        )
