"""Every kind of credential is taken out in every guise, what only looks alike stays, and no text takes long."""

import base64
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import monotonic
from bot.redact import MASK, Redactor
from bot.redact.forms import forms

#: A text of each kind, put together here so that nobody's scanner takes it for a real one; and what must not be kept.
_R = "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5bC7d"
KINDS = {
    "slack": (f"xoxb-{_R}", _R),
    "slack app": (f"xapp-1-{_R}", _R),
    "github": (f"ghp_{_R[:36]}", _R[:36]),
    "gitlab": (f"glpat-{_R[:20]}", _R[:20]),
    "aws": ("AKIA" + "Z7Y6X5W4V3U2T1S0", "Z7Y6X5W4V3U2T1S0"),
    "google": ("AIza" + _R[:35], _R[:35]),
    "google oauth": ("ya29." + _R, _R),
    "vault": ("hvs." + _R, _R),
    "anthropic": ("sk-" + f"ant-api03-{_R}", _R),
    "stripe": ("sk_" + f"live_{_R[:24]}", _R[:24]),
    "npm": ("npm_" + _R[:36], _R[:36]),
    "pypi": ("pypi-" + f"AgEI{_R}", _R),
    "sendgrid": (f"SG.{_R[:22]}.{_R}", _R[:22]),
    "telegram": (f"bot123456789:AA{_R[:33]}", _R[:33]),
    "discord": (f"M{_R[:23]}.{_R[:6]}.{_R[:30]}", _R[:30]),
    "azure": (f"abc8Q~{_R[:32]}", _R[:32]),
    "age": ("AGE-SECRET-KEY-1" + _R.upper(), _R.upper()),
    "jwt": (f"eyJ{_R[:10]}.eyJ{_R}.{_R[:20]}", _R),
    "grafana": (f"glsa_{_R}", _R),
    "docker": (f"dckr_pat_{_R[:27]}", _R[:27]),
    "hash": (f"$2y$10${_R}", _R),
    "url": (f"redis://:{_R}@redis.db:6379/0", _R),
    "url token": (f"https://{_R}@git.example.com/x.git", _R),
    "signature": (f"https://x.blob.core.example.net/c?sv=2024&sig={_R}%3D", _R),
    "amz": (f"https://b.example.com/k?X-Amz-Signature={_R}", _R),
    "header": (f"Authorization: Basic {_R}", _R),
    "api header": (f"X-Vault-Token: {_R}", _R),
    "cookie": (f"Cookie: session={_R}; theme=dark", _R),
    "curl": (f"curl -sS -u ana:{_R} https://x.example.com", _R),
    "flag": (f"tool --api-token {_R}", _R),
    "camel": (f'{{"clientSecret": "{_R}"}}', _R),
    "in json": (json.dumps({"log": json.dumps({"dbPassword": _R})}), _R),
    "long name": (f"NEXTCLOUD_MYSQL_ROOT_PASSWORD={_R}", _R),
    "yaml": ("  db_password: correcthorse", "correcthorse"),
    "wireguard": (f"PrivateKey = {_R}=", _R),
    "connection": (f"Server=db;User Id=sa;Password={_R};Encrypt=true", _R),
    "storage": (f"DefaultEndpointsProtocol=https;AccountName=x;AccountKey={_R}==", _R),
    "kubeconfig": (f"    client-key-data: {_R}", _R),
    "key in base64": (
        base64.b64encode(f"-----BEGIN EC PRIVATE KEY-----\n{_R}".encode()).decode(),
        "RUMgUFJJVkFURSBLRV",
    ),
    "ssh": (f"-----BEGIN OPENSSH PRIVATE KEY-----\n{_R}\n-----END OPENSSH PRIVATE KEY-----", _R),
    "pgp": (f"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{_R}\n", _R),
    "putty": (f"Private-Lines: 2\n{_R}\n{_R}\nPrivate-MAC: 1", _R),
    "discord hook": (f"https://discord.com/api/webhooks/123456/{_R}", _R),
    "secret": (f"apiVersion: v1\ndata:\n  password: {_R}\n  user: YW5h\nkind: Secret\nmetadata:\n  name: db", _R),
    "secret block": (f"kind: Secret\nstringData:\n  a.conf: |\n    x = 1\n    y {_R}\ntype: Opaque", _R),
    "secret in json": (json.dumps({"kind": "Secret", "data": {"a": _R}, "type": "Opaque"}), _R),
    "last applied": (json.dumps({"last-applied": json.dumps({"data": {"a": _R}, "kind": "Secret"})}), _R),
    "variable": (f"- name: SMTP_PASSWORD\n  value: {_R}\n- name: A\n  value: b", _R),
    "variable in json": (json.dumps([{"name": "SMTP_PASSWORD", "value": _R}]), _R),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "around", ["{}", "x\n{}\ny", '"{}"', "({})", "see {} there", "2026-11-30T22:00:00Z level=error {}"]
)
def test_every_kind_is_taken_out_wherever_it_stands(kind: str, around: str) -> None:
    """For people and for models; and what was redacted is not redacted again."""
    text, secret = KINDS[kind]
    if "\n" in text or text.startswith(" "):
        around = around if around.startswith(("{}", "x\n")) else "{}"
    for redactor in (Redactor(), Redactor().for_models("0" * 32)):
        shown = redactor.text(around.replace("{}", text))
        assert secret not in shown
        assert redactor.text(shown) == shown
        assert Redactor().text(shown) == shown
        assert redactor.masked.total() >= 1


ALIKE = [
    "password = var.db_password",
    "token: ${{ secrets.GITHUB_TOKEN }}",
    "password = random_password.db.result",
    "DB_PASSWORD=$DB_PASSWORD",
    "export TOKEN=${TOKEN}",
    "password: {{ .Values.password }}",
    "password: null",
    "token = read_token()",
    "PWD=/srv/app",
    "existingSecret: nextcloud-db-1",
    "secretName: nextcloud-tls-2",
    "imagePullSecrets:\n- name: registry-2",
    "kind: ConfigMap\ndata:\n  a: b",
    "kind: SecretStore\ndata:\n  a: b",
    "- name: LOG_LEVEL\n  value: debug",
    "docker.io/library/nextcloud:29.0.1@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    'container_memory_working_set_bytes{pod="nextcloud-7d9f8b6c5-x2x4z"} / 1024',
    'sum(rate(http_requests_total{code=~"5..", namespace="nextcloud"}[5m])) by (pod)',
    "ana@example.com pushed to git@github.com:example/infra.git",
    "k3s-node-2: MemoryPressure; nextcloud-7d9f8b6c5-x2x4z OOMKilled (exit code 137)",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "ENC[AES256_GCM,data:Tr7o,iv:1=,tag:k=,type:str]",
    "the token endpoint answers 401; a password reset helps, tokens: 1200",
    "basic-auth middleware is missing, bearer authentication is on",
    "tasks.md, skopeo-1.2.3-linux-amd64-static-build, sk-lamp",
    "s.nextcloud and ps.postgres.example.com",
    "https://grafana.example.com/d/abc?orgId=1&var-pod=x&from=now-6h",
    "Signed-off-by: Ana <ana@example.com>",
    "cookie banner: it = there",
    "docker-pullable://nextcloud:31.0.4@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "https://nextcloud.example.com:8443",
]


@pytest.mark.parametrize("text", ALIKE)
def test_what_only_looks_alike_stays(text: str) -> None:
    """Names of secrets, what refers to them, images, queries, addresses of people."""
    assert Redactor().text(text) == text


#: Wherever a known value turns up, it may have been through one of these.
GUISES: dict[str, Callable[[str], str]] = {
    "itself": str,
    "json": json.dumps,
    "json in ascii, twice": lambda value: json.dumps(json.dumps(value)),
    "json, not ascii": lambda value: json.dumps(value, ensure_ascii=False),
    "url": lambda value: quote(value, safe=""),
    "url, small": lambda value: re.sub("%..", lambda found: found[0].lower(), quote(value, safe="")),
    "hex": lambda value: value.encode().hex(),
    "HEX": lambda value: value.encode().hex().upper(),
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "base64, of more": lambda value: base64.b64encode(f"a:{value}:b".encode()).decode(),
    "base64, of much more": lambda value: base64.b64encode(f'{{"auth":"{value}"}}'.encode()).decode(),
    "base64, for urls": lambda value: base64.urlsafe_b64encode(f"x{value}".encode()).decode().rstrip("="),
    "base64, twice": lambda value: base64.b64encode(base64.b64encode(f"u:{value}".encode())).decode(),
}


@given(
    secret=st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF, categories=["L", "N", "P", "S"]), min_size=12),
    guise=st.sampled_from(sorted(GUISES)),
    around=st.sampled_from(["{}", "x {} y", "line\n{}\n", '"{}"', "?a={}&b"]),
)
def test_a_known_value_is_known_in_every_guise(secret: str, guise: str, around: str) -> None:
    """Neither it nor what is inside of it is left, however it was encoded."""
    shown = Redactor([secret]).text(around.replace("{}", GUISES[guise](secret)))
    assert MASK in shown
    assert [form for form in forms(secret[2:-2]) if form in shown.replace(MASK, "")] == []


@pytest.mark.parametrize(
    "text",
    [
        f"nextcloud: dsn postgresql://app:{_R}",
        f"nextcloud: dsn postgresql://app:{_R[:12]}…",
        f"eyJ{_R[:10]}.eyJ{_R}",
        f'{{"clientSecret": "{_R}',
        f"-----BEGIN PRIVATE KEY-----\n{_R}",
        f"Authorization: Bearer {_R[:15]}",
    ],
)
def test_what_was_cut_in_the_middle_of_a_secret_shows_nothing_of_it(text: str) -> None:
    """Titles are cut before anybody looks for secrets in them."""
    assert _R[:10] not in Redactor().text(text)


def test_the_same_secret_reads_the_same_in_one_run() -> None:
    """A model can tell two secrets apart, and which kind they are; in another run the sign is another."""
    one, other = Redactor().for_models("1" * 32), Redactor().for_models("2" * 32)
    text = f"{KINDS['slack'][0]} {KINDS['aws'][0]} {KINDS['slack'][0]}"
    first, second, third = one.text(text).split()
    assert first == third != second
    assert re.fullmatch(r"\[redacted:[0-9a-f]{4}:slack-token\]", first)
    assert one.masked == {"slack-token": 2, "aws-key": 1}
    assert other.text(text).split()[0] != first
    assert one.text("x") == "x"


def test_data_of_secrets_and_variables_is_hidden_in_structures() -> None:
    """Keys stay, so that one can see that there is something."""
    redactor = Redactor()
    secret = {"kind": "Secret", "metadata": {"name": "db"}, "data": {"password": "YQ==", "more": ["x"]}}
    assert redactor.deep(secret) == {
        "kind": "Secret",
        "metadata": {"name": "db"},
        "data": {"password": MASK, "more": [MASK]},
    }
    env = [{"name": "DB_PASSWORD", "value": "abc"}, {"name": "LEVEL", "value": "debug"}]
    assert redactor.deep(env) == [{"name": "DB_PASSWORD", "value": MASK}, {"name": "LEVEL", "value": "debug"}]
    assert redactor.deep({"accessToken": "abc", "tokens": "7"}) == {"accessToken": MASK, "tokens": "7"}


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "a",
            "-",
            "\\",
            "\n",
            "-eyJ",
            "eyJaaaaaaaaa.",
            'password="',
            "password: ",
            "token is ",
            "a://b:",
            "s.",
            "$6$",
        ),
        *("kind: Secret\ndata:\n  a: b\n", '"kind":"Secret","data":{', "name: A_PASSWORD\n", "cookie: a=", "curl -u a"),
    ],
)
def test_no_text_takes_long(piece: str) -> None:
    """Time grows with the length and no faster: eight times the text takes eight times as long, not sixty-four."""
    every = "kind: Secret data value bearer token password authorization cookie curl -- @ PRIVATE KEY key eyJ -u"
    redactor = Redactor(["known-value"])

    def took(size: int) -> float:
        began = monotonic()
        redactor.text(piece * (size // len(piece)) + every)
        return monotonic() - began

    took(1_000)
    assert took(80_000) < 30 * max(took(10_000), 0.02)


@pytest.mark.skipif(not os.environ.get("HOLDFAST_CORPUS"), reason="HOLDFAST_CORPUS names no folder of documents")
def test_real_documents_stay_as_they_are() -> None:
    """Nothing in them is a secret."""
    documents = sorted(Path(os.environ["HOLDFAST_CORPUS"]).glob("*.md"))
    assert documents
    assert [path.name for path in documents if Redactor().text(path.read_text()) != path.read_text()] == []
