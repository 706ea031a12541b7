"""The library's messages in the words of the command line. All pure."""

from __future__ import annotations

import re

from milvusclient.exceptions import ErrorCode, MilvusException

__all__ = ["details_of", "message_of", "without_grpc_words"]

#: gRPC's own words, which the library puts at the end for those who look for the cause in a log.
_GRPC_WORDS = re.compile(r" \[[A-Z_]+: [^\n]*\](?=$|;)", re.MULTILINE)
#: What the library calls a thing, and what it is called here.
_WORDS = (
    (re.compile(r"\bserver_pem_path\b"), "--ca"),
    (re.compile(r"\bserver_name\b"), "--server-name"),
    (re.compile(r"\bclient_pem_path\b"), "--client-cert"),
    (re.compile(r"\bclient_key_path\b"), "--client-key"),
    (re.compile(r"\bor raise timeout\b"), "or raise --timeout"),
    (re.compile(r"\badd the host to no_proxy, or pass grpc_options=\{[^}]*\}"), "add the host to no_proxy"),
    (re.compile(r"\b(?:client\.)?load_(?:collection|partitions)\([^)]*\)"), "`load`"),
    (re.compile(r"\b(?:client\.)?create_index\([^)]*\)"), "`create index`"),
    (re.compile(r"\b(?:client\.)?(?:describe|list)_(collection|index|partition|alias|database|role|user)(?:e?s)?"
                r"\([^)]*\)"), r"`show \1`"),
    (re.compile(r"\btruncate_collection\b"), "`truncate`"),
    (re.compile(r"\bgive metric_type in search_params\b"), "give one with --metric-type"),
    (re.compile(r"\banns_field\b"), "--anns-field"),
    (re.compile(r"\boutput_fields\b"), "--output-fields"),
    (re.compile(r"\bpartition_names?\b"), "--partition"),
    (re.compile(r"\bcollection_name\b"), "the collection's name"),
)  # fmt: skip


def message_of(error: MilvusException, *, collection: str = "", verbose: bool = False) -> str:
    """Return what a user of the command line is told about an error.

    Args:
        error: the error.
        collection: the collection of the command, if it has one.
        verbose: whether to add gRPC's words and what else is known.
    """
    text = error.message or f"{type(error).__name__} without a message"
    if not verbose:
        text = without_grpc_words(text)
    # Rows are counted from 1 here, as lines are.
    text = re.sub(r"^row (\d+)\b", lambda found: f"row {int(found[1]) + 1}", text)
    if collection and error.code == ErrorCode.COLLECTION_NOT_LOADED:
        text = re.sub(r"; call load_collection\(\).*", f"; load it first: load -c {collection}", text)
    for pattern, word in _WORDS:
        text = pattern.sub(word, text)
    return "\n".join([text, *details_of(error)]) if verbose else text


def without_grpc_words(text: str) -> str:
    """Return a message without gRPC's own words at its end.

    Example:
        >>> without_grpc_words("cannot connect to x: nothing listens there [UNAVAILABLE: failed to connect]")
        'cannot connect to x: nothing listens there'
    """
    return _GRPC_WORDS.sub("", text)


def details_of(error: MilvusException) -> list[str]:
    """Return what else is known about an error, a line for each fact."""
    facts = {
        "error": f"{type(error).__name__}, code {error.code}",
        "operation": getattr(error, "operation", ""),
        "address": getattr(error, "address", ""),
        "database": getattr(error, "database", ""),
        "request id": getattr(error, "request_id", ""),
        "attempts": getattr(error, "attempts", 0) or "",
    }
    return [f"  {name}: {value}" for name, value in facts.items() if value]
