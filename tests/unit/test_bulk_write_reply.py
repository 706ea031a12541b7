"""The reply to a bulk write: all but the keys, which are many and which nobody asks for."""

from __future__ import annotations

import pytest

from milvusclient import rpc
from milvusclient._proto import milvus_pb2
from milvusclient.exceptions import ReplyError


@pytest.mark.parametrize("count", [0, 3, 5_000])
def test_all_but_the_keys_is_read(count: int) -> None:
    message = milvus_pb2.MutationResult(insert_cnt=count, timestamp=7, acknowledged=True, err_index=[1])
    message.status.code = 9
    message.status.reason = "quota"
    message.succ_index.extend(range(count))
    message.IDs.int_id.data.extend(range(count))
    reply = rpc.BULK_INSERT.decode(message.SerializeToString())
    assert rpc.BULK_INSERT.status_of(reply).reason == "quota"
    if count == 5_000:
        message.ClearField("succ_index")
        message.ClearField("IDs")
    assert reply.message == message


def test_a_reply_that_is_cut_short_is_an_error() -> None:
    message = milvus_pb2.MutationResult(succ_index=range(9_000))
    with pytest.raises(ReplyError, match="the server's reply to Upsert"):
        rpc.BULK_UPSERT.decode(message.SerializeToString()[:-1])
