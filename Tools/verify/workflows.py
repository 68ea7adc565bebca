"""Workflows of the Python SDK that `hindcast verify` is shown with: one feature each.

`record` runs them on a real server; `check` has what was recorded verified with a worker of this very code, and then of this code
changed in one place.
"""

import asyncio
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy, SearchAttributeKey
from temporalio.exceptions import ActivityError, ApplicationError, ChildWorkflowError

SHORT = timedelta(seconds=10)
CITY = SearchAttributeKey.for_keyword("CustomKeywordField")


@activity.defn
async def greet(name: str) -> str:
    return f"Hello, {name}!"


@activity.defn
async def charge(amount: int) -> str:
    return f"charged {amount}"


@activity.defn
async def refund(amount: int) -> str:
    return f"refunded {amount}"


@activity.defn
async def flaky() -> str:
    if activity.info().attempt < 3:
        raise ApplicationError("not yet")
    return f"attempt {activity.info().attempt}"


@activity.defn
async def refuse() -> None:
    raise ApplicationError("never", type="Refused", non_retryable=True)


@activity.defn
async def linger() -> str:
    while True:
        activity.heartbeat()
        await asyncio.sleep(0.1)


@workflow.defn
class Greeting:
    @workflow.run
    async def run(self, name: str) -> str:
        return await workflow.execute_activity(greet, name, start_to_close_timeout=SHORT)


@workflow.defn
class Sequence:
    @workflow.run
    async def run(self, name: str) -> list[str]:
        first = await workflow.execute_activity(greet, name, start_to_close_timeout=SHORT)
        await workflow.sleep(0.05)
        second = await workflow.execute_activity(charge, 7, start_to_close_timeout=SHORT)
        return [first, second]


@workflow.defn
class Parallel:
    @workflow.run
    async def run(self, names: list[str]) -> list[str]:
        calls = [workflow.execute_activity(greet, name, start_to_close_timeout=SHORT) for name in names]
        return list(await asyncio.gather(*calls))


@workflow.defn
class Retrying:
    @workflow.run
    async def run(self) -> str:
        retries = RetryPolicy(initial_interval=timedelta(milliseconds=10), backoff_coefficient=1)
        return await workflow.execute_activity(flaky, start_to_close_timeout=SHORT, retry_policy=retries)


@workflow.defn
class Compensating:
    @workflow.run
    async def run(self, amount: int) -> str:
        await workflow.execute_activity(charge, amount, start_to_close_timeout=SHORT)
        try:
            await workflow.execute_activity(refuse, start_to_close_timeout=SHORT)
        except ActivityError:
            return await workflow.execute_activity(refund, amount, start_to_close_timeout=SHORT)
        return "kept"


@workflow.defn
class Failing:
    @workflow.run
    async def run(self) -> None:
        await workflow.sleep(0.01)
        raise ApplicationError("no", type="Refused", non_retryable=True)


@workflow.defn
class Timers:
    @workflow.run
    async def run(self) -> str:
        long = asyncio.create_task(workflow.sleep(3600))
        await workflow.sleep(0.02)
        long.cancel()
        await workflow.sleep(0.03)
        return "done"


@workflow.defn
class Signals:
    def __init__(self) -> None:
        self.items: list[str] = []

    @workflow.run
    async def run(self) -> list[str]:
        await workflow.wait_condition(lambda: len(self.items) >= 2, timeout=60)
        await workflow.execute_activity(charge, len(self.items), start_to_close_timeout=SHORT)
        return self.items

    @workflow.signal
    def add(self, item: str) -> None:
        self.items.append(item)

    @workflow.query
    def count(self) -> int:
        return len(self.items)


@workflow.defn
class Updates:
    def __init__(self) -> None:
        self.total = 0

    @workflow.run
    async def run(self) -> int:
        await workflow.wait_condition(lambda: self.total >= 10)
        return self.total

    @workflow.update
    async def add(self, amount: int) -> int:
        await workflow.execute_activity(charge, amount, start_to_close_timeout=SHORT)
        self.total += amount
        return self.total

    @add.validator
    def check(self, amount: int) -> None:
        if amount < 0:
            raise ValueError("negative")


@workflow.defn
class Child:
    @workflow.run
    async def run(self, name: str) -> str:
        if name == "nobody":
            raise ApplicationError("nobody is there", non_retryable=True)
        return f"child of {name}"


@workflow.defn
class Parent:
    @workflow.run
    async def run(self, name: str) -> str:
        result = await workflow.execute_child_workflow(Child.run, name)
        await workflow.sleep(0.01)
        return result


@workflow.defn
class FailingChild:
    @workflow.run
    async def run(self) -> str:
        try:
            await workflow.execute_child_workflow(Child.run, "nobody", id=f"{workflow.info().workflow_id}/child")
        except ChildWorkflowError as error:
            return f"caught {error.cause}"
        return "nothing to catch"


@workflow.defn
class Patched:
    @workflow.run
    async def run(self) -> str:
        if workflow.patched("charge-first"):
            await workflow.execute_activity(charge, 1, start_to_close_timeout=SHORT)
        return await workflow.execute_activity(greet, "patched", start_to_close_timeout=SHORT)


@workflow.defn
class Counting:
    @workflow.run
    async def run(self, left: int) -> str:
        await workflow.sleep(0.01)
        if left > 0:
            workflow.continue_as_new(left - 1)
        return "counted"


@workflow.defn
class LocalActivities:
    @workflow.run
    async def run(self) -> list[str]:
        first = await workflow.execute_local_activity(greet, "local", start_to_close_timeout=SHORT)
        await workflow.sleep(0.01)
        second = await workflow.execute_local_activity(charge, 3, start_to_close_timeout=SHORT)
        return [first, second]


@workflow.defn
class Chance:
    @workflow.run
    async def run(self) -> str:
        number = workflow.random().randint(1, 1_000_000)
        name = f"{workflow.uuid4()} at {workflow.now().isoformat()}, {number}"
        return await workflow.execute_activity(greet, name, start_to_close_timeout=SHORT)


@workflow.defn
class Visibility:
    @workflow.run
    async def run(self) -> str:
        workflow.upsert_search_attributes([CITY.value_set("Bergen")])
        await workflow.sleep(0.01)
        workflow.upsert_memo({"note": "moved"})
        await workflow.sleep(0.01)
        return "seen"


@workflow.defn
class Cancelling:
    @workflow.run
    async def run(self) -> str:
        running = workflow.start_activity(
            linger,
            start_to_close_timeout=timedelta(seconds=60),
            heartbeat_timeout=timedelta(seconds=5),
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )
        await workflow.sleep(0.3)
        running.cancel()
        try:
            await running
        except ActivityError:
            return "cancelled"
        return "ran"


@workflow.defn
class Cleaning:
    @workflow.run
    async def run(self) -> None:
        try:
            await workflow.sleep(3600)
        finally:
            await workflow.execute_activity(refund, 1, start_to_close_timeout=SHORT)


@workflow.defn
class Telling:
    @workflow.run
    async def run(self, other: str) -> str:
        handle = workflow.get_external_workflow_handle(other)
        await handle.signal("add", "one")
        await handle.signal("add", "two")
        return "told"


@workflow.defn
class Waiting:
    @workflow.run
    async def run(self) -> str:
        await workflow.execute_activity(greet, "open", start_to_close_timeout=SHORT)
        await workflow.sleep(7 * 24 * 3600)
        return "a week later"


WORKFLOWS = [
    Greeting, Sequence, Parallel, Retrying, Compensating, Failing, Timers, Signals, Updates, Child, Parent, FailingChild,
    Patched, Counting, LocalActivities, Chance, Visibility, Cancelling, Cleaning, Telling, Waiting,
]  # fmt: skip
ACTIVITIES = [greet, charge, refund, flaky, refuse, linger]
