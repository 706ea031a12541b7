"""Users, roles and privileges from beginning to end, on a server with authorization: ``test_whole_server.py``."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from milvusclient import AsyncMilvusClient, MilvusException
from milvusclient.exceptions import AuthenticationError, ConnectError, PermissionDeniedError, UnimplementedError
from tests.support.patience import HANG
from tests.support.together import AsyncClock

PATIENCE = HANG
COLLECTION = "shelf"
QUERY = {"object_type": "Collection", "object_name": COLLECTION, "db_name": "default", "privilege": "Query"}


async def eventually(work: Callable[[], Any], *meanwhile: type[MilvusException]) -> None:
    """Until it succeeds: a grant takes from no time to more than 12 seconds to reach the whole server."""
    over = time.monotonic() + PATIENCE
    while True:
        try:
            await work()
        except meanwhile:
            if time.monotonic() > over:
                raise
            await AsyncClock.sleep(0.1)
        else:
            return


async def eventually_raises(work: Callable[[], Any], *expected: type[MilvusException]) -> None:
    """Until it fails like that."""
    over = time.monotonic() + PATIENCE
    while time.monotonic() < over:
        try:
            await work()
        except expected:
            return
        await AsyncClock.sleep(0.1)
    pytest.fail(f"none of {[each.__name__ for each in expected]} within {PATIENCE:.0f} s")


async def can_log_in(uri: str, user: str, password: str) -> None:
    """A new connection with these credentials."""
    async with AsyncMilvusClient(uri, user=user, password=password, dedicated=True) as client:
        await client.list_collections()


async def everything(uri: str, root_token: str) -> None:
    """All of it; leaves no users and roles."""
    async with AsyncMilvusClient(uri, token=root_token) as root:
        await root.create_collection(COLLECTION, dimension=2)
        await root.insert(COLLECTION, {"id": 1, "vector": [1.0, 2.0]})
        await users_come_and_go(root, uri)
        await roles_come_and_go(root)
        await root.create_user("ann", "P@ssw0rd1")
        await eventually(lambda: can_log_in(uri, "ann", "P@ssw0rd1"), ConnectError, AuthenticationError)
        async with AsyncMilvusClient(uri, user="ann", password="P@ssw0rd1") as ann:
            await a_privilege_admits_and_its_loss_refuses(root, ann)
            await a_role_admits_and_its_loss_refuses(root, ann)
            await what_a_user_may_do_is_no_more_than_that(root, ann)
            await a_dropped_user_is_refused(root, ann)
        await newer_calls_are_named(root)
        await root.drop_collection(COLLECTION)
        assert await root.list_users() == ["root"]
        assert sorted(await root.list_roles()) == ["admin", "public"]


async def users_come_and_go(root: AsyncMilvusClient, uri: str) -> None:
    assert await root.list_users() == ["root"]
    await root.create_user("bob", "P@ssw0rd1")
    with pytest.raises(MilvusException, match="already exists: bob"):
        await root.create_user("bob", "P@ssw0rd1")
    assert sorted(await root.list_users()) == ["bob", "root"]
    assert await root.describe_user("bob") == {"user_name": "bob", "roles": [], "description": ""}
    assert await root.describe_user("nobody") == {}

    await eventually(lambda: can_log_in(uri, "bob", "P@ssw0rd1"), ConnectError, AuthenticationError)
    with pytest.raises(MilvusException, match="old password not correct for bob"):
        await root.update_password("bob", "wr0ngWord", "b3tterWord")
    await root.update_password("bob", "P@ssw0rd1", "b3tterWord")
    await eventually(lambda: can_log_in(uri, "bob", "b3tterWord"), ConnectError, AuthenticationError)
    await eventually_raises(lambda: can_log_in(uri, "bob", "P@ssw0rd1"), ConnectError, AuthenticationError)

    await root.drop_user("bob")
    assert await root.list_users() == ["root"]
    await eventually_raises(lambda: can_log_in(uri, "bob", "b3tterWord"), ConnectError, AuthenticationError)
    await root.drop_user("bob")  # to drop nobody is no error


async def roles_come_and_go(root: AsyncMilvusClient) -> None:
    assert sorted(await root.list_roles()) == ["admin", "public"]
    await root.create_role("reader")
    with pytest.raises(MilvusException, match=r"reader.*already exists"):
        await root.create_role("reader")
    assert sorted(await root.list_roles()) == ["admin", "public", "reader"]
    described = await root.describe_role("reader")
    assert (described["role"], described["description"], described["privileges"]) == ("reader", "", [])
    with pytest.raises(MilvusException, match="not found the role"):
        await root.describe_role("nobody")
    with pytest.raises(MilvusException, match=r"not found the privilege name\[Nonsense\]"):
        await root.grant_privilege("reader", "Collection", "Nonsense", COLLECTION)
    with pytest.raises(MilvusException, match="not found the user"):
        await root.grant_role("nobody", "reader")
    await root.drop_role("reader")
    assert sorted(await root.list_roles()) == ["admin", "public"]
    with pytest.raises(MilvusException, match="not found the role"):
        await root.drop_role("reader")


async def a_privilege_admits_and_its_loss_refuses(root: AsyncMilvusClient, ann: AsyncMilvusClient) -> None:
    with pytest.raises(PermissionDeniedError, match="PrivilegeQuery: permission deny to ann"):
        await ann.query(COLLECTION, "id > 0")
    await root.create_role("reader")
    await root.grant_role("ann", "reader")
    assert await root.describe_user("ann") == {"user_name": "ann", "roles": ["reader"], "description": ""}

    await root.grant_privilege("reader", "Collection", "Query", COLLECTION)
    described = await root.describe_role("reader")
    assert described["privileges"] == [{**QUERY, "role_name": "reader", "grantor_name": "root"}]
    await eventually(lambda: ann.query(COLLECTION, "id > 0"), PermissionDeniedError)
    assert await ann.query(COLLECTION, "", ["count(*)"], consistency_level="Strong") == [{"count(*)": 1}]

    await root.revoke_privilege("reader", "Collection", "Query", COLLECTION)
    assert (await root.describe_role("reader"))["privileges"] == []
    await eventually_raises(lambda: ann.query(COLLECTION, "id > 0"), PermissionDeniedError)


async def a_role_admits_and_its_loss_refuses(root: AsyncMilvusClient, ann: AsyncMilvusClient) -> None:
    await root.grant_privilege("reader", "Collection", "Query", COLLECTION)
    await eventually(lambda: ann.query(COLLECTION, "id > 0"), PermissionDeniedError)
    await root.revoke_role("ann", "reader")
    assert (await root.describe_user("ann")).get("roles") == []
    await eventually_raises(lambda: ann.query(COLLECTION, "id > 0"), PermissionDeniedError)
    await root.grant_role("ann", "reader")
    await eventually(lambda: ann.query(COLLECTION, "id > 0"), PermissionDeniedError)


async def what_a_user_may_do_is_no_more_than_that(root: AsyncMilvusClient, ann: AsyncMilvusClient) -> None:
    calls: list[Callable[[], Any]] = [
        lambda: ann.insert(COLLECTION, {"id": 2, "vector": [1.0, 2.0]}),
        lambda: ann.delete(COLLECTION, [1]),
        lambda: ann.search(COLLECTION, [[1.0, 2.0]]),
        lambda: ann.release_collection(COLLECTION),
        lambda: ann.drop_collection(COLLECTION),
        ann.list_users,
        lambda: ann.create_user("eve", "P@ssw0rd1"),
        lambda: ann.create_role("thief"),
        lambda: ann.grant_role("ann", "admin"),
        lambda: ann.grant_privilege("reader", "Global", "*", "*"),
        lambda: ann.update_password("root", "Milvus", "hunter22"),
    ]
    for number, call in enumerate(calls):
        with pytest.raises(MilvusException) as raised:
            await call()
        assert isinstance(raised.value, PermissionDeniedError), f"call {number}: {raised.value}"
        assert "hunter22" not in str(raised.value)
    assert await root.query(COLLECTION, "", ["count(*)"], consistency_level="Strong") == [{"count(*)": 1}]


async def a_dropped_user_is_refused(root: AsyncMilvusClient, ann: AsyncMilvusClient) -> None:
    with pytest.raises(MilvusException, match="has privileges"):
        await root.drop_role("reader")
    with pytest.raises(MilvusException, match="has privileges"):  # Milvus 2.3.5 does not know that it is to be forced
        await root.drop_role("reader", force_drop=True)
    await root.revoke_privilege("reader", "Collection", "Query", COLLECTION)
    await root.drop_role("reader")
    assert (await root.describe_user("ann")).get("roles") == []
    await root.drop_user("ann")
    await eventually_raises(ann.list_collections, AuthenticationError)


async def newer_calls_are_named(root: AsyncMilvusClient) -> None:
    calls: list[tuple[str, Callable[[], Any]]] = [
        ("AlterRole", lambda: root.alter_role("public", "everybody")),
        ("OperatePrivilegeV2", lambda: root.grant_privilege_v2("public", "Query", COLLECTION)),
        ("OperatePrivilegeV2", lambda: root.revoke_privilege_v2("public", "Query", COLLECTION)),
        ("CreatePrivilegeGroup", lambda: root.create_privilege_group("group")),
        ("ListPrivilegeGroups", root.list_privilege_groups),
    ]
    for name, call in calls:
        with pytest.raises(UnimplementedError, match=f"{name}.*the server does not know this call"):
            await call()
