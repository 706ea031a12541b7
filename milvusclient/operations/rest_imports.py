"""Build the REST requests of imports, of servers since Milvus 2.4 and of Zilliz Cloud, and parse the replies."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from milvusclient.exceptions import AuthenticationError, PermissionDeniedError, ReplyError, RpcError
from milvusclient.models.imports import ImportState
from milvusclient.policy.errors import status_error
from milvusclient.policy.failure import Failure

if TYPE_CHECKING:
    from milvusclient.schema.cloud_import import CloudImport

__all__ = [
    "CREATE",
    "LIST",
    "PROGRESS",
    "PROGRESS_IN_CLOUD",
    "cloud_keys",
    "create_body",
    "list_body",
    "parse_body",
    "parse_created",
    "parse_listed",
    "parse_state",
    "progress_body",
    "secrets",
    "transient_failure",
]

CREATE: Final = "/v2/vectordb/jobs/import/create"
#: All servers since 2.4 have this path; "describe" is younger.
PROGRESS: Final = "/v2/vectordb/jobs/import/get_progress"
PROGRESS_IN_CLOUD: Final = "/v2/vectordb/jobs/import/describe"
LIST: Final = "/v2/vectordb/jobs/import/list"

#: The server has too much to do, and did nothing.
_BUSY: Final = 429
#: That, or a gateway before the server says that it does not answer.
_TRANSIENT: Final = frozenset({_BUSY, 502, 503, 504})
_LONG_ENOUGH: Final = 8
#: Codes of success: that of Milvus, and that of Zilliz Cloud.
_GOOD: Final = (0, 200)
_REFUSALS: Final[Mapping[int, tuple[type[RpcError], str]]] = {
    401: (AuthenticationError, "the server refused the credentials; check user and password, or the token"),
    403: (PermissionDeniedError, "the user lacks the privilege Import; grant it to a role of the user"),
}


def create_body(
    collection_name: str,
    files: Sequence[Sequence[str]],
    partition_name: str,
    database: str,
    options: Mapping[str, str],
    cloud: CloudImport | None,
) -> dict[str, Any]:
    """Build the body that starts one import of all files."""
    body: dict[str, Any] = {"collectionName": collection_name, "dbName": database}
    if partition_name:
        body["partitionName"] = partition_name
    listed = [list(paths) for paths in files]
    if cloud is None:
        body["files"] = listed
    else:
        body |= cloud_keys(cloud) | {"objectUrls": listed}
        keys = {"accessKey": cloud.access_key, "secretKey": cloud.secret_key, "token": cloud.session_token}
        body |= {name: key for name, key in keys.items() if key}
    if options:
        body["options"] = dict(options)
    return body


def cloud_keys(cloud: CloudImport | None) -> dict[str, str]:
    """Return what names the cluster in the requests of Zilliz Cloud."""
    return {} if cloud is None else {"clusterId": cloud.cluster_id}


def progress_body(job_id: int | str, database: str, cloud: CloudImport | None) -> dict[str, Any]:
    """Build the body that asks for the state of an import."""
    return {"jobId": str(job_id), "dbName": database, **cloud_keys(cloud)}


def list_body(collection_name: str, database: str) -> dict[str, Any]:
    """Build the body that lists imports; an empty name stands for all collections."""
    return {"collectionName": collection_name, "dbName": database}


def transient_failure(status: int) -> Failure | None:
    """Return what a status means after which the same request may succeed; None for any other status."""
    return Failure("UNAVAILABLE", f"HTTP status {status}", sent=status != _BUSY) if status in _TRANSIENT else None


def secrets(cloud: CloudImport | None, token: str) -> tuple[str, ...]:
    """Return what no message may show, even if a server repeats it."""
    keys = () if cloud is None else (cloud.secret_key, cloud.session_token, cloud.access_key)
    password = token.partition(":")[2]
    # A short password may be a word of any message.
    return tuple(secret for secret in (*keys, token, password if len(password) >= _LONG_ENOUGH else "") if secret)


def parse_body(status: int, body: bytes, hidden: Sequence[str] = ()) -> Mapping[str, Any]:
    """Parse a reply into its data.

    Args:
        status: the status of HTTP.
        body: the JSON.
        hidden: what messages must not show.

    Raises:
        MilvusException: the server refuses the request.
        ReplyError: the reply cannot be read.
    """
    try:
        reply = json.loads(body)
    except ValueError:
        reply = None
    if not isinstance(reply, dict):
        if status in _REFUSALS:
            reply = {}
        else:
            shown = _hide(body[:200].decode("utf-8", "replace").strip(), hidden)
            raise ReplyError(message=f"the reply cannot be read: HTTP status {status}, {shown or 'nothing'}")
    words = _hide(str(reply.get("message") or ""), hidden)
    if status in _REFUSALS:
        kind, advice = _REFUSALS[status]
        raise kind(message=f"{words or f'HTTP status {status}'}; {advice}")
    code = reply.get("code", 0)
    if code not in _GOOD or not 200 <= status < 300:
        number = code if isinstance(code, int) and code not in _GOOD else status
        raise status_error(number, 0, words or f"HTTP status {status}", False, False)
    data = reply.get("data", {})
    return data if isinstance(data, dict) else {"records": data if isinstance(data, list) else []}


def _hide(text: str, hidden: Sequence[str]) -> str:
    for secret in hidden:
        text = text.replace(secret, "***")
    return text


def parse_created(data: Mapping[str, Any]) -> list[int | str]:
    """Parse the reply into the identifier of the import.

    Raises:
        ReplyError: the server names no import.
    """
    if not data.get("jobId"):
        raise ReplyError(message="the reply cannot be read: it has no identifier of an import")
    return [_job_id(data["jobId"])]


def _job_id(value: object) -> int | str:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else text


def parse_state(data: Mapping[str, Any]) -> ImportState:
    """Parse the state of an import; the files that failed say why."""
    details = [detail for detail in data.get("details") or [] if isinstance(detail, dict)]
    reasons = [str(data.get("reason") or "")]
    for detail in details:
        if detail.get("reason") and detail["reason"] not in reasons:
            reasons.append(f"{detail.get('fileName', '')}: {detail['reason']}")
    total = data.get("totalRows")
    return ImportState(
        job_id=_job_id(data.get("jobId", "")),
        state=str(data.get("state") or "Pending"),
        rows=_number(data.get("importedRows")) or (_number(total) if data.get("state") == "Completed" else 0),
        progress=None if data.get("progress") is None else _number(data["progress"]),
        reason="; ".join(filter(None, reasons)),
        files=tuple(str(detail["fileName"]) for detail in details if detail.get("fileName")),
        total_rows=None if total is None else _number(total),
        collection_name=str(data.get("collectionName") or ""),
    )


def _number(value: object) -> int:
    """Return a number that some servers write as a str."""
    try:
        return int(value)  # type: ignore[call-overload, no-any-return]  # the except is for anything else
    except (TypeError, ValueError):
        return 0


def parse_listed(data: Mapping[str, Any], limit: int) -> list[ImportState]:
    """Parse the states of imports, the latest first."""
    states = [parse_state(record) for record in data.get("records") or [] if isinstance(record, dict)]
    states.sort(key=lambda state: state.job_id if isinstance(state.job_id, int) else 0, reverse=True)
    return states[:limit] if limit else states
