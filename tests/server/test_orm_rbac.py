"""Users and roles by the ORM, on the real Milvus 2.3.5 with authorization on."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from milvusclient.exceptions import MilvusException
from milvusclient.pymilvus import Collection, CollectionSchema, DataType, FieldSchema, Role, connections, utility
from tests.support.patience import HANG
from tests.support.servers import Config, Milvus
from tests.support.together import Clock

pytestmark = [pytest.mark.real_server, pytest.mark.exclusive_server]

StartMilvus = Callable[[Config], AbstractContextManager[Milvus]]
PATIENCE = HANG
SCHEMA = CollectionSchema(
    [FieldSchema("id", DataType.INT64, is_primary=True), FieldSchema("vector", DataType.FLOAT_VECTOR, dim=2)]
)


def eventually(work: Callable[[], object]) -> None:
    """Until it succeeds: users and grants take a moment to reach the whole server."""
    over = time.monotonic() + PATIENCE
    while True:
        try:
            work()
        except MilvusException:
            if time.monotonic() > over:
                raise
            Clock.sleep(0.1)
        else:
            return


def test_roles_from_beginning_to_end(start_milvus: StartMilvus) -> None:
    """One test, for it needs one server."""
    with start_milvus({"authorization_enabled": True}) as milvus:
        connections.connect("default", uri=milvus.uri, user="root", password="Milvus")
        try:
            Collection("shelf", SCHEMA)
            users()
            role_of_a_reader(milvus)
        finally:
            for alias in ("reader", "default"):
                connections.remove_connection(alias)


def users() -> None:
    utility.create_user("ann", "P@ssw0rd1")
    assert sorted(utility.list_usernames()) == ["ann", "root"]
    (ann,) = utility.list_user("ann", True).groups
    assert (ann.username, ann.roles) == ("ann", ())
    assert sorted(user.username for user in utility.list_users(True).groups) == ["ann", "root"]
    utility.update_password("ann", "P@ssw0rd1", "P@ssw0rd2")


def role_of_a_reader(milvus: Milvus) -> None:
    reader = Role("reader")
    assert not reader.is_exist()
    reader.create()
    assert reader.is_exist()
    assert reader.name == "reader"
    reader.add_user("ann")
    assert list(reader.get_users()) == ["ann"]
    with_users = {role.role_name: role.users for role in utility.list_roles(True).groups}
    assert with_users["reader"] == ("ann",)
    assert "public" in with_users
    reader.grant("Collection", "shelf", "Insert")
    (grant,) = reader.list_grant("Collection", "shelf").groups
    assert (grant.object, grant.object_name, grant.role_name, grant.privilege) == (
        "Collection",
        "shelf",
        "reader",
        "Insert",
    )
    assert dict(grant)["grantor_name"] == "root"
    assert "Insert" in [one.privilege for one in reader.list_grants().groups]
    assert repr(reader.list_grants()).startswith("GrantInfo groups:\n- GrantItem: <object:Collection>")

    def insert_as_ann() -> None:
        connections.connect("reader", uri=milvus.uri, user="ann", password="P@ssw0rd2")
        Collection("shelf", using="reader").insert([[1], [[1.0, 2.0]]])

    eventually(insert_as_ann)
    with pytest.raises(MilvusException, match="PrivilegeDropCollection|permission"):
        utility.drop_collection("shelf", using="reader")
    reader.revoke("Collection", "shelf", "Insert")
    assert reader.list_grant("Collection", "shelf").groups == []
    reader.remove_user("ann")
    assert list(reader.get_users()) == []
    for privilege in reader.list_grants().groups:
        reader.revoke(privilege.object, privilege.object_name, privilege.privilege)
    reader.drop()
    assert not reader.is_exist()
    utility.delete_user("ann")
    assert utility.list_usernames() == ["root"]
