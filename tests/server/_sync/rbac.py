"""Users, roles and privileges from beginning to end, on a server with authorization: ``test_whole_server.py``."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from milvusclient import MilvusClient, MilvusException
from milvusclient.exceptions import AuthenticationError, ConnectError, PermissionDeniedError, UnimplementedError
from tests.support.patience import HANG
from tests.support.together import Clock

PATIENCE = HANG
COLLECTION = "shelf"
QUERY = {"object_type": "Collection", "object_name": COLLECTION, "db_name": "default", "privilege": "Query"}


def eventually(work: Callable[[], Any], *meanwhile: type[MilvusException]) -> None:
    """Until it succeeds: a grant takes from no time to more than 12 seconds to reach the whole server."""
    over = time.monotonic() + PATIENCE
    while True:
        try:
            work()
        except meanwhile:
            if time.monotonic() > over:
                raise
            Clock.sleep(0.1)
        else:
            return


def eventually_raises(work: Callable[[], Any], *expected: type[MilvusException]) -> None:
    """Until it fails like that."""
    over = time.monotonic() + PATIENCE
    while time.monotonic() < over:
        try:
            work()
        except expected:
            return
        Clock.sleep(0.1)
    pytest.fail(f"none of {[each.__name__ for each in expected]} within {PATIENCE:.0f} s")


def can_log_in(uri: str, user: str, password: str) -> None:
    """A new connection with these credentials."""
    with MilvusClient(uri, user=user, password=password, dedicated=True) as client:
        client.list_collections()


def everything(uri: str, root_token: str) -> None:
    """All of it; leaves no users and roles."""
    with MilvusClient(uri, token=root_token) as root:
        root.create_collection(COLLECTION, dimension=2)
        root.insert(COLLECTION, {"id": 1, "vector": [1.0, 2.0]})
        users_come_and_go(root, uri)
        roles_come_and_go(root)
        root.create_user("ann", "P@ssw0rd1")
        eventually(lambda: can_log_in(uri, "ann", "P@ssw0rd1"), ConnectError, AuthenticationError)
        with MilvusClient(uri, user="ann", password="P@ssw0rd1") as ann:
            a_privilege_admits_and_its_loss_refuses(root, ann)
            a_role_admits_and_its_loss_refuses(root, ann)
            what_a_user_may_do_is_no_more_than_that(root, ann)
            a_dropped_user_is_refused(root, ann)
        newer_calls_are_named(root)
        root.drop_collection(COLLECTION)
        assert root.list_users() == ["root"]
        assert sorted(root.list_roles()) == ["admin", "public"]


def users_come_and_go(root: MilvusClient, uri: str) -> None:
    assert root.list_users() == ["root"]
    root.create_user("bob", "P@ssw0rd1")
    with pytest.raises(MilvusException, match="already exists: bob"):
        root.create_user("bob", "P@ssw0rd1")
    assert sorted(root.list_users()) == ["bob", "root"]
    assert root.describe_user("bob") == {"user_name": "bob", "roles": [], "description": ""}
    assert root.describe_user("nobody") == {}

    eventually(lambda: can_log_in(uri, "bob", "P@ssw0rd1"), ConnectError, AuthenticationError)
    with pytest.raises(MilvusException, match="old password not correct for bob"):
        root.update_password("bob", "wr0ngWord", "b3tterWord")
    root.update_password("bob", "P@ssw0rd1", "b3tterWord")
    eventually(lambda: can_log_in(uri, "bob", "b3tterWord"), ConnectError, AuthenticationError)
    eventually_raises(lambda: can_log_in(uri, "bob", "P@ssw0rd1"), ConnectError, AuthenticationError)

    root.drop_user("bob")
    assert root.list_users() == ["root"]
    eventually_raises(lambda: can_log_in(uri, "bob", "b3tterWord"), ConnectError, AuthenticationError)
    root.drop_user("bob")  # to drop nobody is no error


def roles_come_and_go(root: MilvusClient) -> None:
    assert sorted(root.list_roles()) == ["admin", "public"]
    root.create_role("reader")
    with pytest.raises(MilvusException, match=r"reader.*already exists"):
        root.create_role("reader")
    assert sorted(root.list_roles()) == ["admin", "public", "reader"]
    described = root.describe_role("reader")
    assert (described["role"], described["description"], described["privileges"]) == ("reader", "", [])
    with pytest.raises(MilvusException, match="not found the role"):
        root.describe_role("nobody")
    with pytest.raises(MilvusException, match=r"not found the privilege name\[Nonsense\]"):
        root.grant_privilege("reader", "Collection", "Nonsense", COLLECTION)
    with pytest.raises(MilvusException, match="not found the user"):
        root.grant_role("nobody", "reader")
    root.drop_role("reader")
    assert sorted(root.list_roles()) == ["admin", "public"]
    with pytest.raises(MilvusException, match="not found the role"):
        root.drop_role("reader")


def a_privilege_admits_and_its_loss_refuses(root: MilvusClient, ann: MilvusClient) -> None:
    with pytest.raises(PermissionDeniedError, match="PrivilegeQuery: permission deny to ann"):
        ann.query(COLLECTION, "id > 0")
    root.create_role("reader")
    root.grant_role("ann", "reader")
    assert root.describe_user("ann") == {"user_name": "ann", "roles": ["reader"], "description": ""}

    root.grant_privilege("reader", "Collection", "Query", COLLECTION)
    described = root.describe_role("reader")
    assert described["privileges"] == [{**QUERY, "role_name": "reader", "grantor_name": "root"}]
    eventually(lambda: ann.query(COLLECTION, "id > 0"), PermissionDeniedError)
    assert ann.query(COLLECTION, "", ["count(*)"], consistency_level="Strong") == [{"count(*)": 1}]

    root.revoke_privilege("reader", "Collection", "Query", COLLECTION)
    assert (root.describe_role("reader"))["privileges"] == []
    eventually_raises(lambda: ann.query(COLLECTION, "id > 0"), PermissionDeniedError)


def a_role_admits_and_its_loss_refuses(root: MilvusClient, ann: MilvusClient) -> None:
    root.grant_privilege("reader", "Collection", "Query", COLLECTION)
    eventually(lambda: ann.query(COLLECTION, "id > 0"), PermissionDeniedError)
    root.revoke_role("ann", "reader")
    assert (root.describe_user("ann")).get("roles") == []
    eventually_raises(lambda: ann.query(COLLECTION, "id > 0"), PermissionDeniedError)
    root.grant_role("ann", "reader")
    eventually(lambda: ann.query(COLLECTION, "id > 0"), PermissionDeniedError)


def what_a_user_may_do_is_no_more_than_that(root: MilvusClient, ann: MilvusClient) -> None:
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
            call()
        assert isinstance(raised.value, PermissionDeniedError), f"call {number}: {raised.value}"
        assert "hunter22" not in str(raised.value)
    assert root.query(COLLECTION, "", ["count(*)"], consistency_level="Strong") == [{"count(*)": 1}]


def a_dropped_user_is_refused(root: MilvusClient, ann: MilvusClient) -> None:
    with pytest.raises(MilvusException, match="has privileges"):
        root.drop_role("reader")
    with pytest.raises(MilvusException, match="has privileges"):  # Milvus 2.3.5 does not know that it is to be forced
        root.drop_role("reader", force_drop=True)
    root.revoke_privilege("reader", "Collection", "Query", COLLECTION)
    root.drop_role("reader")
    assert (root.describe_user("ann")).get("roles") == []
    root.drop_user("ann")
    eventually_raises(ann.list_collections, AuthenticationError)


def newer_calls_are_named(root: MilvusClient) -> None:
    calls: list[tuple[str, Callable[[], Any]]] = [
        ("AlterRole", lambda: root.alter_role("public", "everybody")),
        ("OperatePrivilegeV2", lambda: root.grant_privilege_v2("public", "Query", COLLECTION)),
        ("OperatePrivilegeV2", lambda: root.revoke_privilege_v2("public", "Query", COLLECTION)),
        ("CreatePrivilegeGroup", lambda: root.create_privilege_group("group")),
        ("ListPrivilegeGroups", root.list_privilege_groups),
    ]
    for name, call in calls:
        with pytest.raises(UnimplementedError, match=f"{name}.*the server does not know this call"):
            call()
