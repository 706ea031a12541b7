"""The place of files that Zilliz Cloud imports."""

from __future__ import annotations

from dataclasses import dataclass, field

from milvusclient._keywords import suggest_keywords
from milvusclient.checks import require_name, require_str
from milvusclient.exceptions import ParamError

__all__ = ["CloudImport"]


@suggest_keywords
@dataclass(frozen=True, slots=True, kw_only=True)
class CloudImport:
    """The cluster and the object storage of an import into Zilliz Cloud, for ``import_files(cloud=...)``.

    The files are urls of objects, such as ``"s3://bucket/part.parquet"``. The client's token, an API key, is sent to
    ``api_uri``, and so are the keys of the storage; no message and no repr shows them.

    Args:
        cluster_id: identifier of the cluster, such as ``"in01-1234"``.
        access_key: access key of the storage; empty for public objects.
        secret_key: secret key of the storage.
        session_token: token of short-lived keys.
        api_uri: address of the cloud's API, with https.

    Raises:
        ParamError: an argument is invalid.

    Example:
        >>> from milvusclient import CloudImport
        >>> CloudImport(cluster_id="in01-1234", access_key="key", secret_key="secret")
        CloudImport(cluster_id='in01-1234', api_uri='https://api.cloud.zilliz.com')
    """

    cluster_id: str
    access_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    session_token: str = field(default="", repr=False)
    api_uri: str = "https://api.cloud.zilliz.com"

    def __post_init__(self) -> None:
        require_name("cluster_id", self.cluster_id)
        for name in ("access_key", "secret_key", "session_token"):
            if not isinstance(getattr(self, name), str):
                raise ParamError(message=f"{name} must be a str")  # the value may be a secret
        require_str("api_uri", self.api_uri)
