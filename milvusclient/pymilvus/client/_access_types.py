"""Results of the ORM and the utilities about users, roles and what roles may do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = [
    "GrantInfo",
    "GrantItem",
    "PrivilegeGroupInfo",
    "PrivilegeGroupItem",
    "RoleInfo",
    "RoleItem",
    "UserInfo",
    "UserItem",
]

_Item = TypeVar("_Item")


def _shown(item: object, *names: str) -> str:
    return f"{type(item).__name__}: " + ", ".join(f"<{name}:{getattr(item, name)}>" for name in names)


@dataclass(frozen=True, slots=True, repr=False)
class GrantItem:
    """One privilege of a role."""

    object: str
    object_name: str
    db_name: str
    role_name: str
    grantor_name: str
    privilege: str

    def __repr__(self) -> str:
        return _shown(self, "object", "object_name", "db_name", "role_name", "grantor_name", "privilege")

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yield name and value of each part, as ``dict(item)`` wants them."""
        yield "object_type", self.object
        yield "object_name", self.object_name
        if self.db_name:
            yield "db_name", self.db_name
        yield "role_name", self.role_name
        yield "privilege", self.privilege
        if self.grantor_name:
            yield "grantor_name", self.grantor_name


@dataclass(frozen=True, slots=True, repr=False)
class PrivilegeGroupItem:
    """Privileges that go by one name."""

    privilege_group: str
    privileges: tuple[str, ...]

    def __repr__(self) -> str:
        return _shown(self, "privilege_group", "privileges")


@dataclass(frozen=True, slots=True, repr=False)
class UserItem:
    """A user and the roles of the user."""

    username: str
    roles: tuple[str, ...] = ()
    description: str = ""

    def __repr__(self) -> str:
        return _shown(self, "username", "roles")


@dataclass(frozen=True, slots=True, repr=False)
class RoleItem:
    """A role and the users who have it."""

    role_name: str
    users: tuple[str, ...] = ()
    description: str = ""

    def __repr__(self) -> str:
        return _shown(self, "role_name", "users")


class _Info(Generic[_Item]):
    """A list of items under the name ``groups``."""

    def __init__(self, groups: Iterable[_Item]) -> None:
        self._groups = list(groups)

    @property
    def groups(self) -> list[_Item]:
        """The items."""
        return self._groups

    def __repr__(self) -> str:
        return f"{type(self).__name__} groups:" + "".join(f"\n- {item}" for item in self._groups)


class GrantInfo(_Info[GrantItem]):
    """The privileges of a role."""


class PrivilegeGroupInfo(_Info[PrivilegeGroupItem]):
    """Groups of privileges."""


class UserInfo(_Info[UserItem]):
    """Users."""


class RoleInfo(_Info[RoleItem]):
    """Roles."""
