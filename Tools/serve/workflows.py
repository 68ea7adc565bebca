"""A workflow for each feature of the Python SDK; none of them does anything else."""
import asyncio
from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy, SearchAttributeKey, VersioningBehavior
from temporalio.exceptions import ApplicationError

QUEUE = "features"
ORDER_ID = SearchAttributeKey.for_keyword("OrderId")
attempts = {}


@dataclass
class Order:
    id: str
    amount: int


@activity.defn
async def charge(order: Order) -> str:
    return f"{order.id}: {order.amount}"


@activity.defn
async def flaky(key: str) -> int:
    attempts[key] = attempts.get(key, 0) + 1
    if attempts[key] < 3:
        raise ApplicationError(f"attempt {attempts[key]}")
    return attempts[key]


@activity.defn
async def beating() -> str:
    """Says that it is alive until somebody cancels it."""
    try:
        while True:
            activity.heartbeat("alive")
            await asyncio.sleep(0.05)
    except asyncio.CancelledError:
        return "stopped"


@activity.defn
async def double(number: int) -> int:
    return number * 2


@workflow.defn
class Charges:
    @workflow.run
    async def run(self, order: Order) -> str:
        return await workflow.execute_activity(charge, order, start_to_close_timeout=timedelta(seconds=10))


@workflow.defn
class Retries:
    @workflow.run
    async def run(self, key: str) -> int:
        return await workflow.execute_activity(
            flaky, key, start_to_close_timeout=timedelta(seconds=10),
            retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=20)))


@workflow.defn
class CancelsActivity:
    @workflow.run
    async def run(self) -> str:
        handle = workflow.start_activity(
            beating, start_to_close_timeout=timedelta(seconds=30), heartbeat_timeout=timedelta(seconds=5),
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
        await workflow.sleep(0.2)
        handle.cancel()
        return await handle


@workflow.defn
class LocalActivity:
    @workflow.run
    async def run(self) -> int:
        return await workflow.execute_local_activity(double, 21, start_to_close_timeout=timedelta(seconds=5))


@workflow.defn
class Doubles:
    @workflow.run
    async def run(self, number: int) -> int:
        return number * 2


@workflow.defn
class Children:
    @workflow.run
    async def run(self, count: int) -> list[int]:
        return await asyncio.gather(*[workflow.execute_child_workflow(Doubles.run, number) for number in range(count)])


@workflow.defn
class Talks:
    def __init__(self) -> None:
        self.words: list[str] = []
        self.done = False

    @workflow.run
    async def run(self) -> list[str]:
        await workflow.wait_condition(lambda: self.done and workflow.all_handlers_finished())
        return self.words

    @workflow.signal
    def say(self, word: str) -> None:
        self.words.append(word)

    @workflow.signal
    def finish(self) -> None:
        self.done = True

    @workflow.query
    def said(self) -> list[str]:
        return self.words

    @workflow.update
    async def ask(self, word: str) -> int:
        await workflow.sleep(0.01)
        self.words.append(word)
        return len(self.words)

    @ask.validator
    def check(self, word: str) -> None:
        if not word:
            raise ValueError("say something")


@workflow.defn
class SignalsOther:
    @workflow.run
    async def run(self, other: str) -> str:
        handle = workflow.get_external_workflow_handle_for(Talks.run, other)
        await handle.signal(Talks.say, "from outside")
        await handle.signal(Talks.finish)
        return "told"


@workflow.defn
class Waits:
    @workflow.run
    async def run(self) -> str:
        try:
            await workflow.sleep(3600)
        except asyncio.CancelledError:
            return "cancelled, and tidied up"
        return "slept"


@workflow.defn
class Counts:
    @workflow.run
    async def run(self, count: int) -> int:
        if count < 3:
            workflow.continue_as_new(count + 1)
        return count


@workflow.defn
class Attributes:
    @workflow.run
    async def run(self, value: str) -> str:
        workflow.upsert_search_attributes([ORDER_ID.value_set(value)])
        workflow.upsert_memo({"seen": value})
        return workflow.info().typed_search_attributes[ORDER_ID]


@workflow.defn
class Patched:
    @workflow.run
    async def run(self) -> str:
        return "new" if workflow.patched("change") else "old"


@workflow.defn
class Timers:
    @workflow.run
    async def run(self, seconds: float) -> float:
        begin = workflow.time()
        await workflow.sleep(seconds)
        return workflow.time() - begin


@workflow.defn
class Fails:
    @workflow.run
    async def run(self) -> None:
        raise ApplicationError("no stock", {"left": 0}, type="OutOfStock", non_retryable=True)


@workflow.defn(versioning_behavior=VersioningBehavior.PINNED)
class Versioned:
    @workflow.run
    async def run(self) -> str:
        return workflow.info().get_current_deployment_version().build_id


UNVERSIONED = [
    Charges, Retries, CancelsActivity, LocalActivity, Doubles, Children, Talks, SignalsOther, Waits, Counts, Attributes,
    Patched, Timers, Fails]
ACTIVITIES = [charge, flaky, beating, double]
