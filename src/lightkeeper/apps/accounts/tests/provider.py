"""An identity provider on this machine that does what it is told, wrong things too."""

import hashlib
import json
import secrets
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

CLIENT, SECRET = "lightkeeper", "between-the-two-of-us"


class Provider:
    """`claims`, `algorithm`, `key` and `found` may be changed before somebody comes back."""

    def __init__(self) -> None:
        self.key: Any = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
        self.shown = KeySet([self.key])
        self.algorithm = "ES256"
        self.claims: dict[str, Any] = {}
        self.found: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.down = False
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(provider.get(self.path))

            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                words = {name: value[0] for name, value in parse_qs(form).items()}
                self._answer(provider.exchange(words, self.headers.get("Authorization", "")))

            def _answer(self, answer: tuple[int, Any]) -> None:
                status, body = (500, {}) if provider.down else answer
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", body)
                    body = {}
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def get(self, path: str) -> tuple[int, Any]:
        self.asked.append(path)
        if path == "/keys":
            return 200, self.shown.as_dict(private=False)
        known = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            **self.found,
        }
        return (302, known["moved"]) if "moved" in known else (200, known)

    def sign_in(self, address: str) -> dict[str, str]:
        """What a browser that signs in there brings back."""
        asked = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": self.issuer}

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, Any]:
        asked = self.codes.pop(form.get("code", ""), None)
        us = b64decode(authorization.removeprefix("Basic ")).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proved = urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or us != f"{CLIENT}:{SECRET}" or proved != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "subject-of-lou", "iat": now,
            "exp": now + 300, "auth_time": now, "nonce": asked["nonce"], "amr": ["pwd", "hwk"],
            **self.claims,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        return 200, {"id_token": self.token(claims), "token_type": "Bearer"}

    def token(self, claims: dict[str, Any]) -> str:
        if self.algorithm == "none":
            parts = ({"alg": "none", "kid": "one"}, claims)
            texts = [urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in parts]
            return b".".join([*texts, b""]).decode()
        header = {"alg": self.algorithm, "kid": "one"}
        return jwt.encode(header, claims, self.key, algorithms=[self.algorithm])

    def sign_with_the_public_key(self) -> None:
        """As if the key that everybody may read were a secret between the two."""
        public = json.dumps(self.key.as_dict(private=False)).encode()
        self.key = OctKey.import_key(public)
        self.algorithm = "HS256"
