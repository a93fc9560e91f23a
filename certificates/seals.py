"""What makes a certificate provable without asking anybody: an Ed25519 signature over its facts, and one over the whole PDF.

The key pair is made once and lives in the data folder; whoever has only the public key can verify. A key that is replaced leaves
its public half in the folder, so that older certificates stay provable.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
import os
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat, load_pem_private_key

from certificates import codes

FORMAT = "tingsu-certificate/1"
ATTACHMENT = "certificate.json"
SEAL = "/TingsuSeal"
BLANK = "A" * 86  # as long as 64 bytes in base64url


# Keys


def private_key(folder: Path) -> Ed25519PrivateKey:
    """The signing key of this installation, made at the first call and readable by its owner only."""
    path = folder / "signing-key.pem"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = Ed25519PrivateKey.generate()
        unfinished = folder / f".{os.getpid()}.part"
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        try:
            os.link(unfinished, path)  # fails where another process was first: then its key is the key
        except FileExistsError:
            pass
        finally:
            unfinished.unlink()
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path} does not hold an Ed25519 key.")
    public = folder / f"{key_id(key.public_key())}.pub"
    if not public.exists():
        public.write_text(encoded(raw(key.public_key())), encoding="ascii")
    return key


def trusted_keys(folder: Path) -> dict[str, Ed25519PublicKey]:
    """The public keys this installation has signed with, by their id."""
    keys = {}
    for path in sorted(folder.glob("*.pub")):
        key = Ed25519PublicKey.from_public_bytes(decoded(path.read_text(encoding="ascii").strip()))
        keys[key_id(key)] = key
    return keys


def raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def key_id(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(raw(key)).hexdigest()[:16]


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


# Signing


def canonical(document: dict[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def signed(facts: dict[str, Any], key: Ed25519PrivateKey) -> dict[str, Any]:
    """`facts` with a proof over all of them."""
    document = {"format": FORMAT, **facts, "proof": {"type": "Ed25519", "key": key_id(key.public_key())}}
    signature = encoded(key.sign(canonical(document)))
    return {**document, "proof": {**document["proof"], "signature": signature}}


def sealed(pdf: bytes, key: Ed25519PrivateKey) -> bytes:
    """`pdf` with a signature over every byte of it: written with a blank seal, signed so, and the seal filled in."""
    import pikepdf  # a heavy import that no page needs at start

    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.Root[SEAL] = pikepdf.Dictionary(
            Key=pikepdf.String(key_id(key.public_key())), Signature=pikepdf.Name("/" + BLANK), Type=pikepdf.Name("/TingsuSeal")
        )
        out = io.BytesIO()
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, deterministic_id=True)
    blank = out.getvalue()
    if blank.count(BLANK.encode()) != 1:
        raise ValueError("The blank seal must stand exactly once in the file.")
    return blank.replace(BLANK.encode(), encoded(key.sign(blank)).encode())


# Verifying


@dataclass(frozen=True, slots=True)
class Check:
    """`ok` None: this cannot be told from the file alone."""

    check: str
    ok: bool | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`status`: valid, expired, not_yet_valid, altered, unknown_issuer or unreadable."""

    valid: bool
    status: str
    checks: tuple[Check, ...]
    facts: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        return {"valid": self.valid, "status": self.status, "checks": [asdict(check) for check in self.checks]}


def verify(data: bytes, keys: dict[str, Ed25519PublicKey], today: date) -> Verdict:
    """Check a certificate, a PDF or its JSON, against `keys` on the day `today`. Asks nobody: a revocation is not seen here."""
    checks: list[Check] = []
    if data[:1024].lstrip().startswith(b"%PDF"):
        document, checks = _open_pdf(data, keys)
    else:
        document = _open_json(data)
    if document is None:
        return Verdict(False, "unreadable", (*checks, Check("readable", False)), {})
    checks.append(Check("readable", True))
    checks += _check_facts(document, keys)
    failed = {check.check for check in checks if check.ok is False}
    facts = {name: value for name, value in document.items() if name != "proof"}
    if "issuer" in failed:
        return Verdict(False, "unknown_issuer", tuple(checks), facts)
    if failed:
        return Verdict(False, "altered", tuple(checks), facts)
    dates = _check_dates(document, today)
    checks += [dates, Check("revocation", None, str(document.get("verify_url", "")))]
    return Verdict(bool(dates.ok), "valid" if dates.ok else dates.detail, tuple(checks), facts)


def _open_json(data: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) and document.get("format") == FORMAT else None


def _open_pdf(data: bytes, keys: dict[str, Ed25519PublicKey]) -> tuple[dict[str, Any] | None, list[Check]]:
    """The attached JSON, and whether the seal over the whole file holds."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            attached = pdf.attachments[ATTACHMENT].get_file().read_bytes() if ATTACHMENT in pdf.attachments else b""
            seal = pdf.Root.get(SEAL)
            key, signature = (str(seal.Key), str(seal.Signature).removeprefix("/")) if seal is not None else ("", "")
    except (pikepdf.PdfError, AttributeError, ValueError, KeyError, TypeError):
        return None, []
    whole = bool(signature) and data.count(signature.encode()) == 1
    whole = whole and key in keys and _holds(keys[key], signature, data.replace(signature.encode(), BLANK.encode()))
    return _open_json(attached), [Check("whole_file", whole)]


def _check_facts(document: dict[str, Any], keys: dict[str, Ed25519PublicKey]) -> list[Check]:
    proof = document.get("proof")
    proof = proof if isinstance(proof, dict) else {}
    key = keys.get(str(proof.get("key", "")))
    unsigned = {**document, "proof": {name: value for name, value in proof.items() if name != "signature"}}
    number = str(document.get("number", ""))
    return [
        Check("number", codes.is_number(number), number),
        Check("issuer", key is not None, str(document.get("issuer", {}).get("zh", "")) if isinstance(document.get("issuer"), dict) else ""),
        Check("signature", key is not None and _holds(key, str(proof.get("signature", "")), canonical(unsigned))),
    ]


def _check_dates(document: dict[str, Any], today: date) -> Check:
    try:
        issued = date.fromisoformat(document["issued_on"])
        until = date.fromisoformat(document["valid_until"]) if document.get("valid_until") else None
    except (KeyError, TypeError, ValueError):
        return Check("dates", False, "altered")
    if today < issued:
        return Check("dates", False, "not_yet_valid")
    return Check("dates", False, "expired") if until and today > until else Check("dates", True)


def _holds(key: Ed25519PublicKey, signature: str, data: bytes) -> bool:
    try:
        key.verify(decoded(signature), data)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True
