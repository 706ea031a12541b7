"""Commands about users, roles and privileges."""

from __future__ import annotations

import os

from milvusclient.cli.framework.command import pass_session
from milvusclient.cli.framework.groups import (
    create_group,
    delete_group,
    grant_group,
    list_group,
    revoke_group,
    show_group,
    update_group,
)
from milvusclient.cli.framework.parameters import option, refuse_secret_words, split_list, yes_option
from milvusclient.cli.framework.secrets import ask_secret, keep_in_keyring
from milvusclient.cli.framework.session import Session

__all__: list[str] = []

_user_option = option("-u", "--username", "user", required=True, help="Name of the user.")
_role_option = option("-r", "--role-name", "role", required=True, help="Name of the role.")
_group_option = option("-n", "--name", required=True, help="Name of the privilege group.")
_PASSWORD = "MILVUS_NEW_PASSWORD"  # noqa: S105 - the name of a variable


def _new_password(user: str) -> str:
    """Return the new password, from the environment or from a hidden prompt."""
    return os.environ.get(_PASSWORD) or ask_secret(f"New password of {user}", _PASSWORD, confirm=True)


@create_group.command("user")
@_user_option
@option("-p", "--password", "ask", is_flag=True, help="Prompt for the password (the default).")
@refuse_secret_words
@pass_session
def create_user(session: Session, user: str, ask: bool) -> None:
    """Create a user. The password is asked for, or taken from MILVUS_NEW_PASSWORD."""
    del ask
    session.client().create_user(user, _new_password(user), session.timeout)
    session.report(f"Created user {user!r}.", created=user)


@list_group.command("users")
@pass_session
def list_users(session: Session) -> None:
    """List users."""
    session.show_names("user", session.client().list_users(session.timeout))


@show_group.command("user")
@_user_option
@pass_session
def show_user(session: Session, user: str) -> None:
    """Show a user and its roles."""
    session.show_record(session.client().describe_user(user, session.timeout))


@update_group.command("password")
@_user_option
@pass_session
def update_password(session: Session, user: str) -> None:
    """Change the password of a user. Both are asked for, or taken from MILVUS_PASSWORD and MILVUS_NEW_PASSWORD."""
    old = os.environ.get("MILVUS_PASSWORD") or ask_secret(f"Old password of {user}", "MILVUS_PASSWORD")
    new = _new_password(user)
    session.client().update_password(user, old, new, timeout=session.timeout)
    name, saved = session.chosen()
    if saved is not None and saved.user == user:
        session.close(name)  # the next command opens it with the new password
        session.known_secrets[name] = new
        if saved.secret == "keyring":  # noqa: S105 - it says where a secret is
            keep_in_keyring(name, new)
    session.report(f"Changed the password of {user!r}.", changed=user)


@delete_group.command("user")
@_user_option
@yes_option
@pass_session
def delete_user(session: Session, user: str, yes: bool) -> None:
    """Delete a user."""
    session.confirm(f"Delete user {user!r}?", yes)
    session.client().drop_user(user, session.timeout)
    session.report(f"Deleted user {user!r}.", deleted=user)


@create_group.command("role")
@_role_option
@pass_session
def create_role(session: Session, role: str) -> None:
    """Create a role."""
    session.client().create_role(role, session.timeout)
    session.report(f"Created role {role!r}.", created=role)


@list_group.command("roles")
@pass_session
def list_roles(session: Session) -> None:
    """List roles."""
    session.show_names("role", session.client().list_roles(session.timeout))


_GRANT = ("object_type", "object_name", "privilege", "db_name", "grantor_name")


@show_group.command("role")
@_role_option
@pass_session
def show_role(session: Session, role: str) -> None:
    """Show the privileges of a role."""
    found = session.client().describe_role(role, session.timeout)
    if session.options.output in ("json", "jsonl"):
        session.show_record(found)
    else:
        session.show_rows([{key: dict(each).get(key) for key in _GRANT} for each in found["privileges"]], _GRANT)


@list_group.command("grants")
@_role_option
@option("-o", "--object-name", default="", help="List only privileges on this object.")
@option(
    "-t", "--object-type", default="", help="List only privileges on this type of object: Collection, Global or User."
)
@pass_session
def list_grants(session: Session, role: str, object_name: str, object_type: str) -> None:
    """List the privileges of a role."""
    found = [dict(each) for each in session.client().describe_role(role, session.timeout)["privileges"]]
    kept = [
        {key: each.get(key) for key in _GRANT}
        for each in found
        if object_name in ("", each["object_name"]) and object_type.lower() in ("", str(each["object_type"]).lower())
    ]
    session.show_rows(kept, _GRANT)


@delete_group.command("role")
@_role_option
@option("--force", is_flag=True, help="Delete the role with its privileges.")
@yes_option
@pass_session
def delete_role(session: Session, role: str, force: bool, yes: bool) -> None:
    """Delete a role."""
    session.confirm(f"Delete role {role!r}?", yes)
    session.client().drop_role(role, force, session.timeout)
    session.report(f"Deleted role {role!r}.", deleted=role)


@grant_group.command("role")
@_role_option
@_user_option
@pass_session
def grant_role(session: Session, role: str, user: str) -> None:
    """Grant a role to a user."""
    session.client().grant_role(user, role, session.timeout)
    session.report(f"Granted role {role!r} to user {user!r}.", user=user, role=role)


@revoke_group.command("role")
@_role_option
@_user_option
@pass_session
def revoke_role(session: Session, role: str, user: str) -> None:
    """Revoke a role from a user."""
    session.client().revoke_role(user, role, session.timeout)
    session.report(f"Revoked role {role!r} from user {user!r}.", user=user, role=role)


def _privilege(
    session: Session, give: bool, role: str, object_type: str | None, privilege: str | None, object_name: str | None
) -> None:
    kind = session.ask(object_type, "Object type (Collection, Global, User)", "--object-type", "Collection")
    what = session.ask(privilege, "Privilege", "--privilege")
    where = session.ask(object_name, "Object name (* for all)", "--object-name", "*")
    client = session.client()
    change = client.grant_privilege if give else client.revoke_privilege
    change(role, kind, what, where, session.options.db_name, session.timeout)
    session.report(
        f"{'Granted' if give else 'Revoked'} {what} on {kind} {where} {'to' if give else 'from'} role {role!r}.",
        role=role, privilege=what, object_type=kind, object_name=where,
    )  # fmt: skip


def _v2(session: Session, give: bool, role: str, privilege: str | None, collection: str, db_name: str | None) -> None:
    what = session.ask(privilege, "Privilege or privilege group", "--privilege")
    client = session.client()
    change = client.grant_privilege_v2 if give else client.revoke_privilege_v2
    change(role, what, collection, db_name, session.timeout)
    session.report(
        f"{'Granted' if give else 'Revoked'} {what} on {collection} {'to' if give else 'from'} role {role!r}.",
        role=role,
        privilege=what,
    )


_type_option = option("--object-type", default=None, help="Type of object: Collection, Global or User.")
_object_option = option("--object-name", default=None, help="Name of the object, * for all.")
_privilege_option = option("-p", "--privilege", default=None, help="Privilege, such as Search.")
_collection_option = option(
    "-c", "--collection-name", "collection", default="*", show_default=True, help="Name of the collection."
)


@grant_group.command("privilege")
@_role_option
@_privilege_option
@_type_option
@_object_option
@pass_session
def grant_privilege(
    session: Session, role: str, privilege: str | None, object_type: str | None, object_name: str | None
) -> None:
    """Grant a privilege to a role. On a terminal, what is missing is asked for."""
    _privilege(session, True, role, object_type, privilege, object_name)


@revoke_group.command("privilege")
@_role_option
@_privilege_option
@_type_option
@_object_option
@pass_session
def revoke_privilege(
    session: Session, role: str, privilege: str | None, object_type: str | None, object_name: str | None
) -> None:
    """Revoke a privilege from a role. On a terminal, what is missing is asked for."""
    _privilege(session, False, role, object_type, privilege, object_name)


@grant_group.command("privilege_v2")
@_role_option
@_privilege_option
@_collection_option
@option("-db", "--db-name", "db_name", default=None, help="Database, * for all.")
@pass_session
def grant_privilege_v2(
    session: Session, role: str, privilege: str | None, collection: str, db_name: str | None
) -> None:
    """Grant a privilege or a privilege group on a collection (since Milvus 2.5)."""
    _v2(session, True, role, privilege, collection, db_name)


@revoke_group.command("privilege_v2")
@_role_option
@_privilege_option
@_collection_option
@option("-db", "--db-name", "db_name", default=None, help="Database, * for all.")
@pass_session
def revoke_privilege_v2(
    session: Session, role: str, privilege: str | None, collection: str, db_name: str | None
) -> None:
    """Revoke a privilege or a privilege group on a collection (since Milvus 2.5)."""
    _v2(session, False, role, privilege, collection, db_name)


@create_group.command("privilege_group")
@_group_option
@pass_session
def create_privilege_group(session: Session, name: str) -> None:
    """Create a privilege group."""
    session.client().create_privilege_group(name, session.timeout)
    session.report(f"Created privilege group {name!r}.", created=name)


@list_group.command("privilege_groups")
@pass_session
def list_privilege_groups(session: Session) -> None:
    """List the privilege groups."""
    session.show_rows(session.client().list_privilege_groups(session.timeout), ["privilege_group", "privileges"])


@delete_group.command("privilege_group")
@_group_option
@yes_option
@pass_session
def delete_privilege_group(session: Session, name: str, yes: bool) -> None:
    """Delete a privilege group."""
    session.confirm(f"Delete privilege group {name!r}?", yes)
    session.client().drop_privilege_group(name, session.timeout)
    session.report(f"Deleted privilege group {name!r}.", deleted=name)


_privileges_option = option("-p", "--privileges", required=True, help="Privileges, separated by commas.")


@grant_group.command("privilege_group")
@_group_option
@_privileges_option
@pass_session
def grant_privilege_group(session: Session, name: str, privileges: str) -> None:
    """Add privileges to a group."""
    session.client().add_privileges_to_group(name, split_list(privileges) or [], session.timeout)
    session.report(f"Added {privileges} to privilege group {name!r}.", group=name, added=split_list(privileges))


@revoke_group.command("privilege_group")
@_group_option
@_privileges_option
@pass_session
def revoke_privilege_group(session: Session, name: str, privileges: str) -> None:
    """Remove privileges from a group."""
    session.client().remove_privileges_from_group(name, split_list(privileges) or [], session.timeout)
    session.report(f"Removed {privileges} from privilege group {name!r}.", group=name, removed=split_list(privileges))
