"""A worker with workflows on which every command of the temporal CLI has something to do.

    Tools/cli/worker.py HOST:PORT     # runs until it is killed; prints a line when it polls
"""
import asyncio
import sys
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

QUEUE = "orders"
IDENTITY = "the-worker"


@activity.defn(name="Charge")
async def charge(amount: int) -> str:
    return f"charged {amount}"


@activity.defn(name="Later")
async def later() -> str:
    """Is answered from outside, by its ids."""
    activity.raise_complete_async()


@activity.defn(name="Broken")
async def broken() -> str:
    raise ApplicationError("the till is broken", type="Till")


@workflow.defn(name="Greet")
class Greet:
    @workflow.run
    async def run(self, name: str) -> str:
        return f"hello, {name}"


@workflow.defn(name="Fail")
class Fail:
    @workflow.run
    async def run(self) -> str:
        raise ApplicationError("no such order", type="NoOrder", non_retryable=True)


@workflow.defn(name="Pay")
class Pay:
    @workflow.run
    async def run(self, amount: int) -> str:
        return await workflow.execute_activity(charge, amount, start_to_close_timeout=timedelta(seconds=30))


@workflow.defn(name="Order")
class Order:
    """Stays open until it is told to end."""

    def __init__(self) -> None:
        self.items: list[str] = []
        self.done = False

    @workflow.run
    async def run(self) -> list[str]:
        await workflow.wait_condition(lambda: self.done)
        return self.items

    @workflow.signal(name="finish")
    def finish(self) -> None:
        self.done = True

    @workflow.signal(name="add")
    def add(self, item: str) -> None:
        self.items.append(item)

    @workflow.query(name="items")
    def get_items(self) -> list[str]:
        return self.items

    @workflow.update(name="put")
    async def put(self, item: str) -> int:
        self.items.append(item)
        return len(self.items)

    @put.validator
    def check(self, item: str) -> None:
        if not item:
            raise ValueError("an item has a name")


@workflow.defn(name="Parent")
class Parent:
    @workflow.run
    async def run(self) -> str:
        return await workflow.execute_child_workflow(
            Greet.run, "child", id=workflow.info().workflow_id + "-child")


@workflow.defn(name="Wait")
class Wait:
    """Has an activity that somebody else completes."""

    @workflow.run
    async def run(self, kind: str) -> str:
        return await workflow.execute_activity(
            kind, activity_id="it", schedule_to_close_timeout=timedelta(minutes=5),
            retry_policy=RetryPolicy(initial_interval=timedelta(minutes=2)), result_type=str)


async def main() -> None:
    client = await Client.connect(sys.argv[1], identity=IDENTITY)
    worker = Worker(
        client, task_queue=QUEUE, workflows=[Greet, Fail, Pay, Order, Parent, Wait], activities=[charge, later, broken],
        workflow_runner=UnsandboxedWorkflowRunner(), identity=IDENTITY)
    async with worker:
        print("polling", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
