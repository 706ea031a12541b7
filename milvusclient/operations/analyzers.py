"""Build requests that run analyzers, which split text into tokens, and parse the replies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from milvusclient._proto import milvus_pb2
from milvusclient.checks import given, optional_str, require_bool, require_str_list
from milvusclient.exceptions import ParamError, ReplyError
from milvusclient.models.analysis import AnalyzeResult, AnalyzeToken, TokenDescription
from milvusclient.operations.common import json_value_text

__all__ = ["build_run_analyzer", "only_one", "parse_run_analyzer"]


def build_run_analyzer(
    texts: str | Sequence[str],
    *,
    analyzer_params: str | Mapping[str, object] | None,
    with_hash: bool,
    with_detail: bool,
    collection_name: str | None,
    field_name: str | None,
    analyzer_names: str | Sequence[str] | None,
) -> milvus_pb2.RunAnalyzerRequest:
    """Build the request that splits texts into tokens."""
    if analyzer_params is not None and not isinstance(analyzer_params, str | Mapping):
        raise ParamError(message=f"analyzer_params must be a dict or a str of JSON, got {given(analyzer_params)}")
    return milvus_pb2.RunAnalyzerRequest(
        placeholder=[_encoded(index, text) for index, text in enumerate(_names("texts", texts))],
        analyzer_params="" if analyzer_params is None else json_value_text(analyzer_params),
        with_hash=require_bool("with_hash", with_hash),
        with_detail=require_bool("with_detail", with_detail),
        collection_name=optional_str("collection_name", collection_name),
        field_name=optional_str("field_name", field_name),
        analyzer_names=[] if analyzer_names is None else _names("analyzer_names", analyzer_names),
    )


def _names(name: str, value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else require_str_list(name, value)


def _encoded(index: int, text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise ParamError(message=f"texts[{index}] cannot be encoded in UTF-8: {error.reason}") from None


def parse_run_analyzer(
    reply: milvus_pb2.RunAnalyzerResponse, *, with_hash: bool, with_detail: bool
) -> list[AnalyzeResult]:
    """Parse the reply into the tokens of each text."""
    return [_result(result, with_hash, with_detail) for result in reply.results]


def _result(result: milvus_pb2.AnalyzerResult, with_hash: bool, with_detail: bool) -> AnalyzeResult:
    if with_hash or with_detail:
        return AnalyzeResult([_token(token, with_hash, with_detail) for token in result.tokens])
    return AnalyzeResult([token.token for token in result.tokens])


def _token(token: milvus_pb2.AnalyzerToken, with_hash: bool, with_detail: bool) -> AnalyzeToken:
    description: TokenDescription = {"token": token.token}
    if with_detail:
        description["start_offset"] = token.start_offset
        description["end_offset"] = token.end_offset
        description["position"] = token.position
        description["position_length"] = token.position_length
    if with_hash:
        description["hash"] = token.hash
    return AnalyzeToken(description)


def only_one(results: list[AnalyzeResult]) -> AnalyzeResult:
    """Return the only result, for a text that was given by itself."""
    if len(results) != 1:
        raise ReplyError(message=f"the reply cannot be read: expected 1 result for 1 text, got {len(results)}")
    return results[0]
