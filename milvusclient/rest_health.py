"""Check the health of a server at its REST port, without a client and without a connection."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from milvusclient.config.settings import make_config
from milvusclient.config.uri import Kind
from milvusclient.exceptions import ParamError
from milvusclient.models.health import RestHealth

__all__ = ["HEALTH_PORT", "health"]

#: The port of a server's metrics and health, METRICS_PORT of its configuration.
HEALTH_PORT = 9091
_MOST_BYTES = 65536


def health(uri: str = "http://localhost:9091", timeout: float = 5.0) -> RestHealth:
    """Ask the REST port of a server for its health, as ``curl http://localhost:9091/api/v1/health`` does.

    Servers have ``/api/v1/health``, or ``/healthz``, or both; both are asked. Proxies of the environment are not used.

    Args:
        uri: ``http://HOST:9091``, or ``HOST``. The gRPC port 19530 is taken as 9091; any other port is asked as it is.
            Of several addresses, as ``http://HOST:9091,HOST:9091``, one that is healthy is enough.
        timeout: seconds for each of the two requests.

    Returns:
        ``healthy``, what both answered, and the ``reason`` if it is not healthy. It is true when the server is healthy;
        a server that does not answer is not healthy, and no error.

    Raises:
        ParamError: the uri is a file or a unix socket, which has no REST port, or is invalid.

    Example:
        >>> import milvusclient
        >>> milvusclient.health("http://localhost:1").healthy
        False
    """
    answers = []
    for base in _bases(uri):
        answers.append(_health_at(base, timeout))
        if answers[-1]:
            return answers[-1]
    if len(answers) == 1:
        return answers[0]
    last = answers[-1]
    reason = "; ".join(f"{answer.url}: {answer.reason}" for answer in answers)
    return RestHealth(healthy=False, url=last.url, api=last.api, healthz=last.healthz, reason=reason)


def _health_at(base: str, timeout: float) -> RestHealth:
    """Ask one server."""
    api, api_reason = _ask(f"{base}/api/v1/health", timeout)
    healthz, healthz_reason = _ask(f"{base}/healthz", timeout)
    reason = _unhealthy(api, api_reason) or _unhealthy(healthz, healthz_reason)
    if not reason and not api and not healthz:
        reason = api_reason or healthz_reason or "it answers, but knows neither /api/v1/health nor /healthz"
    return RestHealth(healthy=not reason, url=base, api=api, healthz=healthz, reason=reason)


def _bases(uri: str) -> list[str]:
    """Return the addresses of the REST ports that belong to a uri; one for each of its servers."""
    target = make_config(uri if ":" in uri or uri.lower().endswith(".db") else f"{uri}:{HEALTH_PORT}").target
    if target.kind is not Kind.NETWORK:
        raise ParamError(message=f"{target.address} has no REST port; health() needs http://HOST:{HEALTH_PORT}")
    scheme = "https" if target.secure else "http"
    bases = []
    for each in target.members or (target,):
        host = f"[{each.host}]" if ":" in each.host else each.host
        is_grpc = each.port == 19530 or (each.port == 443 and (bool(target.members) or urlsplit(uri).port is None))
        bases.append(f"{scheme}://{host}:{HEALTH_PORT if is_grpc else each.port}")
    return bases


def _ask(url: str, timeout: float) -> tuple[str, str]:
    """Return the answer of a path and the reason for a failure; both empty if the server does not have the path."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=timeout) as reply:  # http or https: the address was built here
            return reply.read(_MOST_BYTES).decode("utf-8", "replace").strip(), ""
    except urllib.error.HTTPError as error:
        with error:
            text = error.read(_MOST_BYTES).decode("utf-8", "replace").strip()
        return ("", "") if error.code == 404 else (text, f"{url} answers {error.code}: {text[:300] or error.reason}")
    except (OSError, ValueError) as error:  # urllib's own errors and those of http.client's broken replies
        return "", f"{url}: {getattr(error, 'reason', None) or error}"
    except Exception as error:  # noqa: BLE001 - http.client has errors of its own; a port may answer anything
        return "", f"{url} does not answer with HTTP: {error!r}"


def _unhealthy(text: str, reason: str) -> str:
    """Return why an answer means that the server is unhealthy; empty if it does not mean that."""
    if not text or reason:
        return reason if text else ""
    try:
        state = json.loads(text)
    except ValueError:
        return "" if text.upper().startswith("OK") else text[:300]
    said = str(state.get("status") or state.get("state") or "") if isinstance(state, dict) else str(state)
    return "" if said.lower() in ("ok", "healthy") else text[:300]
