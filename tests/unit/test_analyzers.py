"""Analyzers: requests and replies."""

from __future__ import annotations

import pytest

from milvusclient._proto import milvus_pb2
from milvusclient.exceptions import ParamError
from milvusclient.operations import analyzers


def build(texts: object, params: object = None, names: object = None) -> milvus_pb2.RunAnalyzerRequest:
    return analyzers.build_run_analyzer(
        texts,  # type: ignore[arg-type]
        analyzer_params=params,  # type: ignore[arg-type]
        with_hash=False,
        with_detail=True,
        collection_name=None,
        field_name="title",
        analyzer_names=names,  # type: ignore[arg-type]
    )


def reply() -> milvus_pb2.RunAnalyzerResponse:
    message = milvus_pb2.RunAnalyzerResponse()
    message.results.add().tokens.add(
        token="hello", start_offset=1, end_offset=6, position=0, position_length=1, hash=77
    )
    return message


def test_texts_are_sent_as_bytes() -> None:
    assert list(build("мир").placeholder) == ["мир".encode()]
    assert list(build(["a", "b"]).placeholder) == [b"a", b"b"]
    assert build(["a"]).with_detail


def test_analyzer_params_are_a_dict_or_json() -> None:
    assert build("a", {"type": "english", "words": ["für"]}).analyzer_params == '{"type":"english","words":["für"]}'
    assert build("a", '{"type":"english"}').analyzer_params == '{"type":"english"}'
    assert build("a").analyzer_params == ""
    assert list(build("a", names="en").analyzer_names) == ["en"]
    assert list(build(["a", "b"], names=["en", "de"]).analyzer_names) == ["en", "de"]


@pytest.mark.parametrize(
    ("texts", "params", "message"),
    [
        (None, None, "texts must be a list of str, got None"),
        ([5], None, r"texts\[0\] must be a str, got 5"),
        ("a", 5, "analyzer_params must be a dict or a str of JSON, got 5"),
        ("a", {"x": object()}, "cannot be written as JSON"),
        (["\ud800"], None, r"texts\[0\] cannot be encoded"),
    ],
)
def test_invalid_texts_and_params_are_refused(texts: object, params: object, message: str) -> None:
    with pytest.raises(ParamError, match=message):
        build(texts, params)


def test_tokens_are_str_unless_details_are_requested() -> None:
    (result,) = analyzers.parse_run_analyzer(reply(), with_hash=False, with_detail=False)
    assert result.tokens == ["hello"]
    assert repr(result) == "['hello']"


def test_a_token_has_only_the_requested_details() -> None:
    (result,) = analyzers.parse_run_analyzer(reply(), with_hash=True, with_detail=False)
    (token,) = result.tokens
    assert not isinstance(token, str)
    assert (token.token, token.hash, token["hash"], token.dict) == ("hello", 77, 77, {"token": "hello", "hash": 77})
    with pytest.raises(AttributeError, match="this token has no start_offset; call run_analyzer with with_detail=True"):
        _ = token.start_offset
    with pytest.raises(KeyError):
        _ = token["start_offset"]


def test_a_token_has_its_position() -> None:
    (result,) = analyzers.parse_run_analyzer(reply(), with_hash=False, with_detail=True)
    (token,) = result.tokens
    assert not isinstance(token, str)
    assert (token.start_offset, token.end_offset, token.position, token.position_length) == (1, 6, 0, 1)
    assert not hasattr(token, "hash")
    assert {token} == {analyzers.parse_run_analyzer(reply(), with_hash=False, with_detail=True)[0].tokens[0]}
