"""Optimizing a collection: its request, and the tasks that go on by themselves."""

from __future__ import annotations

import threading

import pytest

from milvusclient.exceptions import MilvusException, ParamError, WaitTimeoutError
from milvusclient.models.collection import CollectionInfo, FieldInfo
from milvusclient.models.infos import OptimizeResult, ProgressStage
from milvusclient.operations import optimize
from milvusclient.runtime.optimize_task import AsyncOptimizeTask, OptimizeTask
from milvusclient.schema.enums import DataType
from tests.support.patience import HANG

RESULT = OptimizeResult("success", "books", 4321, None, [ProgressStage.INITIALIZING])


def test_the_server_chooses_a_size_unless_one_is_given() -> None:
    assert optimize.build_optimizing_compaction("books", None).target_size == (1 << 63) - 1
    assert optimize.build_optimizing_compaction("books", "1GB").target_size == 1024
    with pytest.raises(ParamError, match="target_size must be a size"):
        optimize.build_optimizing_compaction("books", "huge")


def test_vector_names_are_the_vector_fields() -> None:
    fields = (FieldInfo("id", data_type=DataType.INT64), FieldInfo("v", data_type=DataType.FLOAT_VECTOR))
    assert optimize.vector_names(CollectionInfo("books", fields=fields)) == {"v"}


def test_a_thread_ends_with_its_result() -> None:
    task = OptimizeTask("books")
    go_on = threading.Event()

    def work() -> OptimizeResult:
        task.enter(ProgressStage.COMPACTING)
        go_on.wait(HANG)
        return RESULT

    task.start(work)
    with pytest.raises(WaitTimeoutError, match="was not done within 0.01 s; it continues"):
        task.result(timeout=0.01)
    assert not task.done()
    assert task.progress() is ProgressStage.COMPACTING
    go_on.set()
    assert task.result(timeout=HANG) is RESULT
    assert task.done()
    assert not task.cancel()
    assert task.progress_history() == [ProgressStage.INITIALIZING, ProgressStage.COMPACTING]


def test_the_result_of_a_failed_thread_raises_its_error() -> None:
    def work() -> OptimizeResult:
        raise MilvusException(message="no")

    task = OptimizeTask("books")
    task.start(work)
    with pytest.raises(MilvusException, match="no"):
        task.result(timeout=HANG)


def test_a_cancelled_thread_stops_before_its_next_stage() -> None:
    task = OptimizeTask("books")
    go_on, stopped = threading.Event(), threading.Event()

    def work() -> OptimizeResult:
        go_on.wait(HANG)
        try:
            task.enter(ProgressStage.COMPACTING)
        finally:
            stopped.set()
        return RESULT

    task.start(work)
    assert task.cancel()
    assert task.cancel()
    with pytest.raises(MilvusException, match="the optimization of collection 'books' was cancelled"):
        task.result(timeout=HANG)
    go_on.set()
    assert stopped.wait(HANG)
    assert task.cancelled()
    assert task.progress() is ProgressStage.CANCELLED


async def test_a_task_ends_with_its_result() -> None:
    task = AsyncOptimizeTask("books")

    async def work() -> OptimizeResult:
        task.enter(ProgressStage.COMPACTING)
        return RESULT

    task.start(work)
    assert await task.result(timeout=HANG) is RESULT
    assert task.done()
    assert not task.cancel()


async def test_a_cancelled_task_stops_at_once() -> None:
    import asyncio

    task = AsyncOptimizeTask("books")
    never = asyncio.Event()

    async def work() -> OptimizeResult:
        await never.wait()
        return RESULT

    task.start(work)
    with pytest.raises(WaitTimeoutError, match="was not done within 0.01 s"):
        await task.result(timeout=0.01)
    assert task.cancel()
    with pytest.raises(MilvusException, match="was cancelled"):
        await task.result()
    assert task.done()


async def test_a_task_that_was_not_started_has_no_result() -> None:
    with pytest.raises(MilvusException, match="was not started"):
        await AsyncOptimizeTask("books").result()
