"""Plays one case of a suite on a server, and exports its histories."""
import asyncio
import json
import pathlib
import time

import temporalio.api.enums.v1
import temporalio.client
import temporalio.common
import temporalio.exceptions
import temporalio.service

from . import processes, scenarios


class CaseError(Exception):
    """A case that did not go as its scenario says."""


class Player:
    """One case under way."""

    def __init__(
        self, case: scenarios.Case, suite: scenarios.Suite, client, cli: str, hindcast: pathlib.Path, limit: float
    ):
        self.case = case
        self.hindcast = hindcast
        self.suite = suite
        self.client = client
        self.cli = cli
        self.limit = limit
        self.end = time.monotonic() + limit

    async def play(self) -> dict[str, str]:
        """Runs the case; gives the text of each history by its file's name."""
        try:
            return await asyncio.wait_for(self.play_unbounded(), self.limit)
        except asyncio.TimeoutError:
            raise CaseError(f"took longer than {self.limit:.0f} s") from None

    async def play_unbounded(self) -> dict[str, str]:
        case = self.case
        if case.call:
            return await self.play_call(case.call)
        handle = await self.start()
        run_id = handle.result_run_id
        for number, step in enumerate(case.steps, 1):
            try:
                await self.perform(step, handle)
            except CaseError as error:
                raise CaseError(f"step {number} ({step.kind}): {error}") from None
        if case.open:
            await self.until_idle(handle)
            histories = {f"{case.name}.json": await self.export(case.id, run_id)}
            await handle.terminate(reason="recorded")
            return histories
        await self.check_result(handle)
        histories = {f"{case.name}.json": await self.export(case.id, run_id)}
        if "continued" in case.follow:
            histories |= await self.export_continued(histories[f"{case.name}.json"])
        if "children" in case.follow:
            histories |= await self.export_children(histories[f"{case.name}.json"])
        return histories

    async def play_call(self, call: scenarios.Call) -> dict[str, str]:
        """Lets a function start workflows; the app's workers run in its process."""
        case = self.case
        before = {workflow.run_id for workflow in await self.root_workflows()}
        result, failure = await processes.call(
            self.hindcast, self.suite.folder, processes.address(self.client), call.function, call.args, self.limit
        )
        if failure is not None:
            self.check_failure_text(failure, case.expect_failure)
        elif case.expect_failure is not None:
            raise CaseError(f"returned {json.dumps(result)}, but was to fail with: {case.expect_failure}")
        else:
            self.compare(result, case.expect)
        started = []
        while len(started) != call.workflows:
            if time.monotonic() > self.end:
                raise CaseError(f"{len(started)} workflows were started, but {call.workflows} was to be")
            await asyncio.sleep(0.1)  # the server's lists lag behind
            started = [workflow for workflow in await self.root_workflows() if workflow.run_id not in before]
        histories = {}
        for number, workflow in enumerate(started, 1):
            name = f"{case.name}.json" if number == 1 else f"{case.name}.workflow-{number}.json"
            histories[name] = await self.export(workflow.id, workflow.run_id)
            if case.open:
                await self.client.get_workflow_handle(workflow.id).terminate(reason="recorded")
        if "children" in case.follow:
            histories |= await self.export_children(histories[f"{case.name}.json"])
        return histories

    async def root_workflows(self) -> list:
        """The workflows that no other started, in the order of their starts."""
        workflows = [workflow async for workflow in self.client.list_workflows("")]
        return sorted((each for each in workflows if each.parent_id is None), key=lambda each: each.start_time)

    async def start(self):
        case = self.case
        options = dict(case.options)
        if "retry_policy" in options:
            options["retry_policy"] = temporalio.common.RetryPolicy(**options["retry_policy"])
        if case.start_signal:
            options |= {"start_signal": case.start_signal.name, "start_signal_args": case.start_signal.args}
        return await self.client.start_workflow(
            case.workflow, args=case.input, id=case.id, task_queue=self.suite.task_queue, **options
        )

    # Steps

    async def perform(self, step: scenarios.Step, handle):
        value = step.value
        if step.kind == "wait":
            await self.wait(value, handle)
        elif step.kind == "signal":
            await handle.signal(value.name, args=value.args)
        elif step.kind == "update":
            await self.check(value, handle.execute_update(value.name, args=value.args, id=value.id))
        elif step.kind == "query":
            await self.check(value, handle.query(value.name, args=value.args))
        elif step.kind == "cancel":
            await handle.cancel()
        else:
            await handle.terminate(reason=value)

    async def wait(self, wait: scenarios.Wait, handle):
        while time.monotonic() < self.end:
            events = [event async for event in handle.fetch_history_events()]
            if wait.event is not None:
                events = [event for event in events if is_meant(event, wait)]
            if len(events) >= wait.count:
                return
            await asyncio.sleep(0.05)
        raise CaseError(f"no {wait} came")

    async def until_idle(self, handle):
        """Waits until the worker has nothing to do for the workflow, so that the export does not depend on timing."""
        while time.monotonic() < self.end:
            description = await handle.describe()
            raw = description.raw_description
            busy = [activity for activity in raw.pending_activities if activity.attempt <= 1]
            if not raw.HasField("pending_workflow_task") and not busy:
                return
            await asyncio.sleep(0.05)
        raise CaseError("the workflow did not come to rest")

    async def check(self, message: scenarios.Message, call):
        try:
            result = await call
        except (
            temporalio.client.WorkflowUpdateFailedError,
            temporalio.client.WorkflowQueryFailedError,
            temporalio.service.RPCError,
        ) as error:
            self.check_failure(error, message.expect_failure)
            return
        if message.expect_failure is not None:
            raise CaseError(f"succeeded with {json.dumps(result)}, but was to fail with: {message.expect_failure}")
        self.compare(result, message.expect)

    # Results

    async def check_result(self, handle):
        case = self.case
        try:
            result = await handle.result()
        except temporalio.client.WorkflowFailureError as error:
            self.check_failure(error, case.expect_failure)
            return
        if case.expect_failure is not None:
            raise CaseError(f"completed with {json.dumps(result)}, but was to fail with: {case.expect_failure}")
        self.compare(result, case.expect)

    def check_failure(self, error: BaseException, expected: str | None):
        self.check_failure_text(failure_text(error), expected)

    def check_failure_text(self, text: str, expected: str | None):
        if expected is None:
            raise CaseError(f"failed: {text}")
        if expected.casefold() not in text.casefold():
            raise CaseError(f"failed with: {text}\nbut was to fail with: {expected}")

    def compare(self, result, expected):
        if expected is not scenarios.NOTHING and not agrees(result, expected):
            raise CaseError(f"gave {json.dumps(result)}\nbut was to give {json.dumps(expected)}")

    # Exports

    async def export(self, workflow_id: str, run_id: str) -> str:
        """A history as text: by the CLI, or by the SDK from the test server, which the CLI is not made for."""
        if self.case.server == "dev":
            text = await processes.run(
                self.cli, "workflow", "show", "--workflow-id", workflow_id, "--run-id", run_id, "--output", "json",
                "--address", processes.address(self.client), "--namespace", self.suite.namespace,
                deadline=self.limit,
            )  # fmt: skip
        else:
            handle = self.client.get_workflow_handle(workflow_id, run_id=run_id)
            text = (await handle.fetch_history()).to_json()
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"

    async def export_continued(self, text: str) -> dict[str, str]:
        histories = {}
        number = 1
        while run_id := next_run(text):
            number += 1
            text = histories[f"{self.case.name}.run-{number}.json"] = await self.export(self.case.id, run_id)
        if not histories:
            raise CaseError("follow: [continued], but the run was not continued")
        return histories

    async def export_children(self, text: str) -> dict[str, str]:
        histories = {}
        for event in json.loads(text)["events"]:
            child = event.get("childWorkflowExecutionStartedEventAttributes", {}).get("workflowExecution")
            if not child:
                continue
            await self.until_closed(child["workflowId"], child["runId"])
            name = f"{self.case.name}.child-{len(histories) + 1}.json"
            histories[name] = await self.export(child["workflowId"], child["runId"])
        if not histories:
            raise CaseError("follow: [children], but no child was started")
        return histories

    async def until_closed(self, workflow_id: str, run_id: str):
        handle = self.client.get_workflow_handle(workflow_id, run_id=run_id)
        try:
            await handle.result(follow_runs=False)
        except (temporalio.client.WorkflowFailureError, temporalio.client.WorkflowContinuedAsNewError):
            pass  # However it ended, it has.


def is_meant(event, wait: scenarios.Wait) -> bool:
    if event.event_type != scenarios.EVENTS[wait.event]:
        return False
    if wait.type is None:
        return True
    attributes = getattr(event, event.WhichOneof("attributes"))
    return any(
        getattr(attributes, field).name == wait.type
        for field in ("activity_type", "workflow_type")
        if field in attributes.DESCRIPTOR.fields_by_name
    )


def next_run(text: str) -> str | None:
    """The run that follows the one with this history."""
    last = json.loads(text)["events"][-1]
    for key, value in last.items():
        if key.endswith("EventAttributes") and isinstance(value, dict) and value.get("newExecutionRunId"):
            return value["newExecutionRunId"]
    return None


def failure_text(error: BaseException | None) -> str:
    """The texts of a failure and its causes, outermost first."""
    texts = []
    while error is not None:
        texts.append(f"{type(error).__name__}: {error}")
        error = getattr(error, "cause", None)
    return " / ".join(texts)


def agrees(result, expected) -> bool:
    """Whether a result is as expected: of maps the listed keys, everything else whole."""
    if isinstance(expected, dict):
        if not isinstance(result, dict):
            return False
        return all(key in result and agrees(result[key], value) for key, value in expected.items())
    if isinstance(expected, list):
        if not isinstance(result, list) or len(result) != len(expected):
            return False
        return all(agrees(one, other) for one, other in zip(result, expected))
    is_flag = isinstance(expected, bool) or isinstance(result, bool)
    return result == expected and (not is_flag or type(result) is type(expected))
