"""How a cluster is opened: a kubeconfig that was named to us, or a pod's own account; never a program that it names."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.errors import Permanent

#: Where Kubernetes puts a pod's account.
ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
#: A file larger than this is no kubeconfig. Bytes.
_MOST = 1_000_000
_FILES = ("client-certificate", "client-key", "certificate-authority")


def from_kubeconfig(path: Path) -> dict[str, Any]:
    """The current context of the file, and nothing else of it, with every path in it absolute.

    Raises Permanent where it cannot be used, or would run a program of this machine to log in.
    """
    config = _read(path)
    context = _entry(config, "contexts", str(config.get("current-context") or ""), "context", path)
    cluster = _entry(config, "clusters", str(context.get("cluster") or ""), "cluster", path)
    user = _entry(config, "users", str(context.get("user") or ""), "user", path)
    for way in ("exec", "auth-provider"):
        if way in user:
            raise Permanent(
                f"{path.name} logs in with `{way}`, which would run a program on this machine. "
                "Use a token or a client certificate instead."
            )
    if any(word in user for word in ("username", "password")):
        raise Permanent(f"{path.name} logs in with a password, which no cluster takes any more. Use a token.")
    if any(word in user for word in ("as", "as-uid", "as-groups", "as-user-extra")):
        raise Permanent(f"{path.name} logs in as somebody else (`as`). Use an account of Holdfast's own.")
    if not str(cluster.get("server") or "").startswith(("https://", "http://")):
        raise Permanent(f"{path.name} does not say where the cluster is (clusters, server).")
    user, cluster = _absolute(user, path.parent), _absolute(cluster, path.parent)
    if "tokenFile" in user:
        user["token"] = _text(path.parent / str(user.pop("tokenFile"))).strip()
    return _one(cluster, user)


def in_pod(environ: Mapping[str, str] = os.environ, folder: Path = ACCOUNT) -> bool:
    """Whether we run in a pod of a cluster, with an account."""
    return bool(environ.get("KUBERNETES_SERVICE_HOST")) and (folder / "token").is_file()


def from_account(environ: Mapping[str, str] = os.environ, folder: Path = ACCOUNT) -> dict[str, Any] | None:
    """The account of the pod that we run in; None where we run in none. Raises Permanent where a part is missing."""
    if not in_pod(environ, folder):
        return None
    host, port = environ["KUBERNETES_SERVICE_HOST"], environ.get("KUBERNETES_SERVICE_PORT", "443")
    server = f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
    cluster = _absolute({"server": server, "certificate-authority": "ca.crt"}, folder)
    return _one(cluster, {"token": _text(folder / "token").strip()})


def _one(cluster: dict[str, Any], user: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "holdfast",
        "contexts": [{"name": "holdfast", "context": {"cluster": "holdfast", "user": "holdfast"}}],
        "clusters": [{"name": "holdfast", "cluster": cluster}],
        "users": [{"name": "holdfast", "user": user}],
    }


def _read(path: Path) -> dict[str, Any]:
    try:
        config = yaml.safe_load(_text(path))
    except yaml.YAMLError as error:
        raise Permanent(f"{path.name} is not YAML, so the cluster cannot be looked at.") from error
    if not isinstance(config, dict):
        raise Permanent(f"{path.name} is not a kubeconfig, so the cluster cannot be looked at.")
    return config


def _entry(config: Mapping[str, Any], rows: str, name: str, key: str, path: Path) -> dict[str, Any]:
    """The row of that name, as `kubectl` finds it."""
    listed = config.get(rows)
    for row in listed if isinstance(listed, list) else ():
        if isinstance(row, dict) and row.get("name") == name and isinstance(row.get(key), dict):
            return dict(row[key])
    raise Permanent(f"{path.name} has no {key} named {name!r}.")


def _absolute(given: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Paths in a kubeconfig are meant from where it lies."""
    found = {name: folder.absolute() / str(given[name]) for name in _FILES if given.get(name)}
    for path in found.values():
        if not path.is_file():
            raise Permanent(f"{path.name}, a certificate or key of the cluster, is not there.")
    return given | {name: str(path) for name, path in found.items()}


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_MOST).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise Permanent(f"{path.name} cannot be read, so the cluster cannot be looked at.") from error
