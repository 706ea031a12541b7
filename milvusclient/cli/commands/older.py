"""Commands of older tools that have nothing to do any more; each says why, and what to do instead."""

from __future__ import annotations

from collections.abc import Callable

import click

from milvusclient.cli.framework.command import Command
from milvusclient.cli.framework.failure import Failure
from milvusclient.cli.framework.groups import calc_group, root

__all__: list[str] = []

_OLDER: tuple[tuple[click.Group, str, str], ...] = (
    (root, "load_balance", "servers since Milvus 2.2 balance themselves; see `transfer replica` for resource groups"),
    (calc_group, "distance", "servers since Milvus 2.2 cannot calculate distances; use numpy, or `search`"),
)


def _refuse(why: str) -> Callable[..., None]:
    def explain(**_: object) -> None:
        raise Failure(why)

    return explain


for _group, _name, _why in _OLDER:
    _group.add_command(
        Command(
            _name,
            callback=_refuse(_why),
            common="none",
            hidden=True,
            context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
            help=_why,
        )
    )
