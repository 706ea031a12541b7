"""Client methods for replication between clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milvusclient import rpc
from milvusclient._sync.core.base import Family
from milvusclient._sync.core.streaming import stream
from milvusclient.operations import replication

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from milvusclient._proto import common_pb2, milvus_pb2
    from milvusclient.operations.replication import DumpedMessage, ReplicateInfo
    from milvusclient.policy.deadline import Deadline

__all__ = ["Replication"]


class Replication(Family):
    """Methods for replication between clusters."""

    def update_replicate_configuration(
        self,
        clusters: Sequence[Mapping[str, object]],
        cross_cluster_topology: Sequence[Mapping[str, object]] | None = None,
        force_promote: bool = False,
        timeout: float | None = None,
    ) -> common_pb2.Status:
        """Set which clusters there are, and which replicates which.

        Args:
            clusters: one dict for each cluster, with ``cluster_id``, ``connection_param`` (a dict with ``uri`` and
                ``token``) and ``pchannels``.
            cross_cluster_topology: one dict for each pair of clusters, with ``source_cluster_id`` and
                ``target_cluster_id``.
            force_promote: promote this cluster to primary without asking the current primary.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            The status that the server returned, which reports success.

        Raises:
            ParamError: a dict lacks a key, or a value has the wrong type.
            MilvusException: the server refuses the request.

        Example:
            >>> ours = {"cluster_id": "a", "connection_param": {"uri": "http://a:19530"}, "pchannels": ["a-0"]}
            >>> theirs = {"cluster_id": "b", "connection_param": {"uri": "http://b:19530"}, "pchannels": ["b-0"]}
            >>> edge = {"source_cluster_id": "a", "target_cluster_id": "b"}
            >>> status = client.update_replicate_configuration([ours, theirs], [edge])
        """
        request = replication.build_update_replicate_configuration(clusters, cross_cluster_topology, force_promote)
        return self._call(rpc.UPDATE_REPLICATE_CONFIGURATION, request, self._deadline(timeout))

    def get_replicate_configuration(self, timeout: float | None = None) -> common_pb2.ReplicateConfiguration:
        """Return which clusters there are, and which replicates which.

        Args:
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            A message with ``clusters`` and ``cross_cluster_topology``.

        Raises:
            MilvusException: the server refuses the request.

        Example:
            >>> configuration = client.get_replicate_configuration()
            >>> names = [cluster.cluster_id for cluster in configuration.clusters]
        """
        request = replication.build_get_replicate_configuration()
        return (self._call(rpc.GET_REPLICATE_CONFIGURATION, request, self._deadline(timeout))).configuration

    def get_replicate_info(
        self, source_cluster_id: str, target_pchannel: str, timeout: float | None = None
    ) -> ReplicateInfo:
        """Return how far this cluster has replicated another one.

        Args:
            source_cluster_id: identifier of the cluster that this one replicates.
            target_pchannel: name of one of the channels of this cluster.
            timeout: seconds for the whole call, retries and waiting included; None means no limit.

        Returns:
            A dict with ``checkpoint`` and ``salvage_checkpoint``, each a dict or None.

        Raises:
            ParamError: an argument is not a non-empty str.
            MilvusException: the server refuses the request.

        Example:
            >>> checkpoint = (client.get_replicate_info("a", "b-0"))["checkpoint"]
        """
        request = replication.build_get_replicate_info(source_cluster_id, target_pchannel)
        return replication.parse_replicate_info(
            self._call(rpc.GET_REPLICATE_INFO, request, self._deadline(timeout))
        )

    def dump_messages(
        self,
        pchannel: str,
        start_message_id: Mapping[str, object],
        start_timetick: int = 0,
        end_timetick: int = 0,
        timeout: float | None = None,
    ) -> Iterator[DumpedMessage]:
        """Read the messages of the log of a channel, one after the other.

        Args:
            pchannel: name of the channel.
            start_message_id: message to begin with, such as ``{"id": "42", "wal_name": "Pulsar"}``.
            start_timetick: timestamp of the server; earlier messages are left out. 0 means none.
            end_timetick: timestamp of the server; the messages end there. 0 means no end.
            timeout: seconds for the whole call, retries and waiting included; None means no limit. Reading the messages
                counts, too.

        Returns:
            An iterator of dicts with ``message_id``, ``payload`` and ``properties``.

        Raises:
            ParamError: an argument is invalid.
            MilvusException: the server refuses the request; raised while the messages are read.

        Example:
            >>> messages = client.dump_messages("a-0", {"id": "42", "wal_name": "Pulsar"})
        """
        request = replication.build_dump_messages(pchannel, start_message_id, start_timetick, end_timetick)
        return self._dumped(request, self._deadline(timeout))

    def _dumped(
        self, request: milvus_pb2.DumpMessagesRequest, deadline: Deadline
    ) -> Iterator[DumpedMessage]:
        for reply in stream(self._caller, rpc.DUMP_MESSAGES, request, deadline):
            yield replication.parse_dumped_message(reply)
