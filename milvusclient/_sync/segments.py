"""Client methods that list segments, the pieces in which a collection's rows are stored and loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient import rpc
from milvusclient._sync.core.base import Family
from milvusclient.operations import segments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from milvusclient.models.infos import LoadedSegmentInfo, SegmentInfo
    from milvusclient.schema.states import SegmentState

__all__ = ["Segments"]


class Segments(Family):
    """Methods that list segments."""

    def list_segments(
        self, collection_name: str, states: Sequence[SegmentState] | None = None, timeout: float | None = None
    ) -> list[SegmentInfo]:
        """Return the segments of a collection in all states, or in the given ones.

        Args:
            collection_name: name or alias of the collection.
            states: states of the segments to list; None means all.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            A description of each segment.

        Raises:
            ParamError: the name is not a str, or the states are not a list of SegmentState.
            MilvusException: the server refuses the request.

        Example:
            >>> rows = sum(segment.num_rows for segment in client.list_segments("books"))
        """
        request = segments.build_segments(collection_name, segments.EVERY_STATE if states is None else states)
        reply = self._call(rpc.GET_PERSISTENT_SEGMENT_INFO, request, self._deadline(timeout))
        return segments.parse_segments(reply, collection_name)

    def list_persistent_segments(
        self, collection_name: str, timeout: float | None = None, states: Sequence[SegmentState] | None = None
    ) -> list[SegmentInfo]:
        """Return the segments of a collection that are on disk.

        Args:
            collection_name: name or alias of the collection.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.
            states: states of the segments to list; None lets the server choose, which lists the flushed ones.

        Returns:
            A description of each segment.

        Raises:
            ParamError: the name is not a str, or the states are not a list of SegmentState.
            MilvusException: the server refuses the request.

        Example:
            >>> rows = sum(segment.num_rows for segment in client.list_persistent_segments("books"))
        """
        request = segments.build_segments(collection_name, states)
        reply = self._call(rpc.GET_PERSISTENT_SEGMENT_INFO, request, self._deadline(timeout))
        return segments.parse_segments(reply, collection_name)

    def list_loaded_segments(self, collection_name: str, timeout: float | None = None) -> list[LoadedSegmentInfo]:
        """Return the segments of a collection that are in memory.

        Args:
            collection_name: name or alias of the collection. It must be loaded.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            A description of each segment, with the nodes that hold it.

        Raises:
            ParamError: the name is not a str.
            MilvusException: the server refuses the request.

        Example:
            >>> size = sum(segment.mem_size for segment in client.list_loaded_segments("books"))
        """
        request = segments.build_loaded_segments(collection_name)
        reply = self._call(rpc.GET_QUERY_SEGMENT_INFO, request, self._deadline(timeout))
        return segments.parse_loaded_segments(reply, collection_name)
