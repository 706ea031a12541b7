"""Loading and releasing collections and partitions."""

from __future__ import annotations

import pytest

from milvusclient import MilvusClient, LoadState, MilvusException
from milvusclient.exceptions import UnimplementedError, WaitTimeoutError
from tests.server.both import LITE, MILVUS_235, Server, flat, schema_of
from tests.support.patience import HANG


def test_a_collection_is_searched_while_it_is_loaded(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema_of(), index_params=flat())
        client.insert("c", {"id": 1, "vector": [1, 2]})
        assert client.get_load_state("c") == {"state": LoadState.Loaded}

        client.release_collection("c")
        assert client.get_load_state("c") == {"state": LoadState.NotLoad}
        with pytest.raises(MilvusException, match="load"):
            client.search("c", [[1.0, 2.0]])

        client.load_collection("c", _async=True)
        client.load_collection("c", timeout=HANG)  # it is under way already: this one waits
        assert client.get_load_state("c") == {"state": LoadState.Loaded}
        assert (client.search("c", [[1.0, 2.0]], consistency_level="Strong"))[0].ids == [1]


def test_partitions_are_loaded_and_released_on_their_own(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema_of())
        client.create_index("c", flat())
        client.create_partition("c", "p")
        if server.is_lite:
            with pytest.raises(UnimplementedError, match="partition-level load is not supported"):
                client.load_partitions("c", "p")
            with pytest.raises(UnimplementedError, match="partition-level release is not supported"):
                client.release_partitions("c", ["p"])
        server.skip_on(LITE, "does not load partitions on their own")

        client.load_partitions("c", "p", timeout=HANG)
        assert (client.get_load_state("c", "p"))["state"] is LoadState.Loaded
        assert (client.get_load_state("c", "_default"))["state"] is LoadState.NotLoad
        assert (client.get_load_state("c", partition_names=["p"]))["state"] is LoadState.Loaded
        with pytest.raises(MilvusException, match="partition not found"):
            client.get_load_state("c", "nowhere")

        client.insert("c", {"id": 1, "vector": [1, 2]}, partition_name="p")
        assert client.query("c", "id > 0", ["id"], consistency_level="Strong") == [{"id": 1}]
        client.refresh_load("c", partition_names=["p"], timeout=HANG)

        client.release_partitions("c", ["p"])
        assert (client.get_load_state("c", "p"))["state"] is LoadState.NotLoad


def test_a_wait_ends_with_its_timeout(server: Server) -> None:
    server.skip_on(MILVUS_235, "refreshes a loaded collection at once")
    with MilvusClient(server.uri) as client:
        client.create_collection("c", schema=schema_of(), index_params=flat())
        # Milvus Lite never says that a refresh is done.
        with pytest.raises(WaitTimeoutError, match=r"the load of collection 'c'.*not done within 0\.2 s"):
            client.refresh_load("c", timeout=0.2)
        assert (client.get_load_state("c"))["state"] is LoadState.Loaded
