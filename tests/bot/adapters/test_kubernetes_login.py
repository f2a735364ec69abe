"""A cluster is opened by what we were told and by nothing else; no program is run for it."""

import json
import ssl
import stat
import sys
import tempfile
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot.adapters.kubernetes import Kubernetes, open_kubernetes
from bot.adapters.kubernetes_kinds import KubeKind
from bot.adapters.kubernetes_login import from_account, from_kubeconfig
from bot.errors import Permanent
from bot.settings.env import Environment
from bot.workspace.kubernetes import KubernetesApi, sample_cluster
from tests.clock import ManualClock
from tests.workspace.kubernetes.kit import World, served, world

#: Programs that were started while somebody looked: the audit hook cannot be removed, so there is one for all tests.
_STARTED: list[str] = []
_STARTS = {"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "os.fork", "os.forkpty"}
sys.addaudithook(lambda name, args: _STARTED.append(f"{name} {args!r}"[:200]) if name in _STARTS else None)


@pytest.fixture
async def it(clock: ManualClock) -> AsyncIterator[World]:
    """The sample cluster and a client for it."""
    async with world(clock) as made:
        yield made


def _file(folder: Path, **changes: dict[str, Any]) -> Path:
    """A kubeconfig with this user, cluster or context."""
    user = changes.get("user", {"token": "t"})
    cluster = changes.get("cluster", {"server": "https://127.0.0.1:6443"})
    context = changes.get("context", {"cluster": "c", "user": "u"})
    path = folder / "kubeconfig"
    path.write_text(
        json.dumps(
            {
                "current-context": "a",
                "contexts": [{"name": "a", "context": context}],
                "clusters": [{"name": "c", "cluster": cluster}],
                "users": [{"name": "u", "user": user}],
            }
        )
    )
    return path


def _planted(folder: Path) -> Path:
    """A kubeconfig that would run a program which leaves a mark."""
    program = folder / "kubectl-evil"
    program.write_text(f"#!/bin/sh\ntouch {folder}/ran\n")
    program.chmod(0o755)
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": str(program), "args": []}
    return _file(folder, user={"exec": plugin})


@pytest.mark.sockets
async def test_case_4_a_planted_kubeconfig_or_plugin_is_not_used(
    it: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the environment, at home, in the working folder and on PATH: we were told of another, and run nothing."""
    planted = _planted(tmp_path)
    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube" / "config").write_text(planted.read_text())
    monkeypatch.setenv("KUBECONFIG", str(planted))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    _STARTED.clear()
    assert open_kubernetes(Environment(), tmp_path) is None
    opened = open_kubernetes(Environment(kubeconfig=it.kubeconfig), tmp_path)
    assert opened is not None
    assert (await opened.objects(KubeKind.NODES)).items
    await opened.close()
    assert _STARTED == []
    assert not (tmp_path / "ran").exists()


async def test_case_4_a_kubeconfig_that_would_run_a_program_is_refused(tmp_path: Path) -> None:
    """Also where it is the one that we were told of; again at each question, with what to do instead."""
    opened = open_kubernetes(Environment(kubeconfig=_planted(tmp_path)), tmp_path)
    assert opened is not None
    _STARTED.clear()
    for _ in range(2):
        with pytest.raises(Permanent, match="would run a program on this machine"):
            await opened.objects(KubeKind.PODS)
    assert _STARTED == []
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"user": {"auth-provider": {"name": "oidc"}}}, "would run a program"),
        ({"user": {"exec": None}}, "would run a program"),
        ({"user": {"username": "a", "password": "b"}}, "with a password"),
        ({"user": {"token": "t", "as": "admin"}}, "as somebody else"),
        ({"user": {"tokenFile": "missing"}}, "missing cannot be read"),
        ({"cluster": {}}, "where the cluster is"),
        ({"cluster": {"server": "file:///etc/passwd"}}, "where the cluster is"),
        ({"context": {"cluster": "other", "user": "u"}}, "has no cluster named 'other'"),
        ({"context": {"cluster": "c"}}, "has no user named ''"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(
    tmp_path: Path, changes: dict[str, dict[str, Any]], sentence: str
) -> None:
    """Every way of logging in that is not a token or a certificate, and every gap."""
    with pytest.raises(Permanent, match=sentence):
        from_kubeconfig(_file(tmp_path, **changes))


@pytest.mark.parametrize(
    "text", ["", "[]", "a: [", "\x00", "current-context: a\ncontexts: 7\n", "!!python/object:os.system {}"]
)
def test_what_is_no_kubeconfig_is_refused(tmp_path: Path, text: str) -> None:
    """Empty, another shape, no YAML, or YAML that would make objects."""
    path = tmp_path / "kubeconfig"
    path.write_text(text)
    with pytest.raises(Permanent):
        from_kubeconfig(path)
    with pytest.raises(Permanent, match="cannot be read"):
        from_kubeconfig(tmp_path / "nothing")


def test_paths_are_meant_from_where_the_file_is(tmp_path: Path) -> None:
    """As kubectl reads them; a token in a file is read, and nothing else of the user or of other contexts is kept."""
    (tmp_path / "token").write_text("abc\n")
    (tmp_path / "ca.crt").touch()
    cluster = {"server": "https://c", "certificate-authority": "ca.crt"}
    found = from_kubeconfig(_file(tmp_path, user={"tokenFile": "token"}, cluster=cluster))
    assert found["users"] == [{"name": "holdfast", "user": {"token": "abc"}}]
    assert found["clusters"][0]["cluster"]["certificate-authority"] == str(tmp_path / "ca.crt")


def test_in_a_pod_its_own_account_is_used(tmp_path: Path) -> None:
    """With the certificate beside it, and an address of either kind; elsewhere there is none."""
    assert from_account({}, tmp_path) is None
    assert from_account({"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, tmp_path) is None
    for name in ("token", "ca.crt"):
        (tmp_path / name).write_text("abc")
    for host, shown in (("10.0.0.1", "10.0.0.1"), ("fd00::1", "[fd00::1]")):
        found = from_account({"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": "6443"}, tmp_path)
        assert found is not None
        assert found["clusters"][0]["cluster"] == {
            "server": f"https://{shown}:6443",
            "certificate-authority": str(tmp_path / "ca.crt"),
        }
        assert found["users"][0]["user"] == {"token": "abc"}


@pytest.mark.sockets
async def test_a_pod_finds_its_cluster(it: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over TLS, trusting the authority beside its token and no other."""
    key, certificate = _certificate()
    for name, text in (("token", it.api.token.encode()), ("ca.crt", certificate), ("key", key)):
        (tmp_path / name).write_bytes(text)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(tmp_path / "ca.crt", tmp_path / "key")
    app = web.Application()
    app.add_routes([web.get("/api/v1/nodes", _nodes)])
    async with served(app, server) as url:
        monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
        monkeypatch.setenv("KUBERNETES_SERVICE_PORT", url.rpartition(":")[2])
        opened = open_kubernetes(Environment(), tmp_path)
        assert opened is not None
        assert [each["metadata"]["name"] for each in (await opened.objects(KubeKind.NODES)).items] == ["k3s-1"]
        await opened.close()
        (tmp_path / "ca.crt").write_bytes(_certificate()[1])
        other = open_kubernetes(Environment(), tmp_path)
        assert other is not None
        with pytest.raises(Permanent, match="certificate is not one"):
            await other.objects(KubeKind.NODES)
        await other.close()
        (tmp_path / "ca.crt").unlink()
        bare = open_kubernetes(Environment(), tmp_path)
        assert bare is not None
        with pytest.raises(Permanent, match=r"ca\.crt, a certificate"):
            await bare.objects(KubeKind.NODES)


@pytest.mark.sockets
async def test_a_client_certificate_opens_a_cluster(tmp_path: Path) -> None:
    """From the file itself; afterwards neither key nor certificate is left where it was written for OpenSSL."""
    key, certificate = _certificate()
    for name, text in (("crt", certificate), ("key", key)):
        (tmp_path / name).write_bytes(text)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=tmp_path / "crt")
    server.verify_mode = ssl.CERT_REQUIRED
    server.load_cert_chain(tmp_path / "crt", tmp_path / "key")
    app = web.Application()
    app.add_routes([web.get("/api/v1/nodes", _nodes)])
    encoded, encoded_key = b64encode(certificate).decode(), b64encode(key).decode()
    async with served(app, server) as url:
        cluster = {"server": url, "certificate-authority-data": encoded}
        path = _file(
            tmp_path, cluster=cluster, user={"client-certificate-data": encoded, "client-key-data": encoded_key}
        )
        client = Kubernetes(lambda: from_kubeconfig(path))
        assert (await client.objects(KubeKind.NODES)).items
        assert _written(key) + _written(certificate) == []
        await client.close()


async def _nodes(request: web.Request) -> web.Response:
    return web.json_response({"kind": "NodeList", "items": [{"metadata": {"name": "k3s-1"}}]})


def _certificate() -> tuple[bytes, bytes]:
    """A key, and a certificate of it for this machine, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "cluster")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, made.public_bytes(Encoding.PEM)


async def test_a_key_in_a_kubeconfig_does_not_stay_on_disk(tmp_path: Path) -> None:
    """OpenSSL reads keys from files; what was written for it is gone again, also where it was no key."""
    user = {"client-key-data": "bm8ga2V5", "client-certificate-data": "bm8gY2VydA=="}
    path = _file(tmp_path, user=user)
    client = Kubernetes(lambda: from_kubeconfig(path))
    with pytest.raises(Permanent, match="certificates"):
        await client.objects(KubeKind.PODS)
    await client.close()
    assert _written(b"no key") == []


def _written(text: bytes) -> list[Path]:
    """Files for a short while that hold just this."""
    return [
        each
        for each in Path(tempfile.gettempdir()).iterdir()
        if each.is_file() and each.stat().st_size == len(text) and each.read_bytes() == text
    ]


def test_the_files_of_tests_are_for_their_owner(tmp_path: Path, clock: ManualClock) -> None:
    """The stand-in's kubeconfig holds a token, so nobody else reads it."""
    path = KubernetesApi(sample_cluster(clock)).write_kubeconfig("http://127.0.0.1:1", tmp_path / "kubeconfig")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
