#!/usr/bin/env python3
"""Runs requests that meet the server's limits, and prints what came of each: answers, errors, events.

    Tools/oracle/limits.py                      the real server and ours, and how they differ
    Tools/oracle/limits.py --server real        what the real one says (from .venv/bin/temporal)
    Tools/oracle/limits.py --server ours        what hindcast-bridge says
    Tools/oracle/limits.py 'id_*' payload_too_large   only such cases

Both servers have lowered limits where the real ones are too large to reach quickly: SETTINGS.
"""
import argparse
import asyncio
import contextlib
import difflib
import fnmatch
import itertools
import json
import os
import pathlib
import re
import socket
import sys
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv" / "bin" / "python3"
if PYTHON.exists() and pathlib.Path(sys.prefix) != ROOT / ".venv":
    os.execv(PYTHON, [str(PYTHON), __file__, *sys.argv[1:]])
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(os.environ.get("HINDCAST_SHARED", ROOT.parent / "shared")) / "oracle"))

import front  # noqa: E402
import commands as c  # noqa: E402
import harness as h  # noqa: E402
from google.protobuf import json_format, message  # noqa: E402
import temporalio.api.operatorservice.v1 as o  # noqa: E402
import temporalio.api.workflowservice.v1 as w  # noqa: E402
from temporalio.api.command.v1 import (  # noqa: E402
    Command, ModifyWorkflowPropertiesCommandAttributes, RecordMarkerCommandAttributes,
    UpsertWorkflowSearchAttributesCommandAttributes)
from temporalio.api.common.v1 import (  # noqa: E402
    ActivityType, Callback, Header, Link, Memo, Payload, Payloads, SearchAttributes, WorkflowExecution, WorkflowType)
from temporalio.api.enums.v1 import CommandType, IndexedValueType, QueryResultType  # noqa: E402
from temporalio.api.failure.v1 import ApplicationFailureInfo, Failure  # noqa: E402
from temporalio.api.query.v1 import WorkflowQuery, WorkflowQueryResult  # noqa: E402
from temporalio.api.sdk.v1 import UserMetadata  # noqa: E402
from temporalio.api.taskqueue.v1 import TaskQueue  # noqa: E402
from temporalio.api.update.v1 import Input, Meta, Request, WaitPolicy  # noqa: E402
from temporalio.client import Client  # noqa: E402
from temporalio.service import RPCError  # noqa: E402

# The real server's setting, the field of `Limits`, the value in both.
SETTINGS = [
    ("limit.historyCount.error", "historyEvents", 60),
    ("limit.historySize.error", "historyBytes", 7 << 20),
    ("limit.historyCount.suggestContinueAsNew", "suggestedHistoryEvents", 12),
    ("limit.historySize.suggestContinueAsNew", "suggestedHistoryBytes", 3 << 20),
    ("limit.mutableStateSize.error", "mutableStateBytes", 5 << 20),
    ("limit.numPendingActivities.error", "pendingPerKind", 4),
    ("limit.numPendingChildExecutions.error", "pendingPerKind", 4),
    ("limit.numPendingSignals.error", "pendingPerKind", 4),
    ("limit.numPendingCancelRequests.error", "pendingPerKind", 4),
    ("frontend.searchAttributesNumberOfKeysLimit", "searchAttributeKeys", 4),
    ("frontend.searchAttributesTotalSizeLimit", "searchAttributeBytes", 5000),
    ("callback.maxPerExecution", "callbacks", 32),
    ("history.maximumSignalsPerExecution", "signals", 25),
    ("history.maximumBufferedEventsBatch", "bufferedEvents", 10),
    ("history.maxInFlightUpdates", "updatesInFlight", 5),
    ("history.maxTotalUpdates", "updatesPerRun", 8),
]
LONG = "x" * 1001
BIG = Payload(metadata={"encoding": b"json/plain"}, data=b'"' + b"b" * (2 << 20) + b'"')
LARGE = Payload(metadata={"encoding": b"json/plain"}, data=b'"' + b"l" * (19 << 16) + b'"')  # 1.19 MiB
CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def cut(value):
    """Long texts as their beginning and their length."""
    if isinstance(value, str):
        return re.sub(r"(.)\1{30,}", lambda run: f"<{len(run[0])} {run[1]}>", value)
    if isinstance(value, dict):
        return {key: cut(each) for key, each in value.items()}
    if isinstance(value, list):
        return [cut(each) for each in value]
    return value


class Probe(h.Context):
    """One case: keeps what it says."""

    def __init__(self, client, name):
        super().__init__(client, name, uuid.uuid4().hex[:8])
        self.lines = []
        self.worker_by_hand = self.manual_worker()

    def say(self, label, value):
        text = json.dumps(cut(h.as_json(value)), sort_keys=True, ensure_ascii=False)
        text = text.replace(self.token, "TOKEN")
        text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID", text)
        self.lines.append(f"{self.name} | {label}: {text}")

    async def attempt(self, label, call, quiet=False):
        """Makes a call; says the error, or that it was carried out."""
        try:
            answer = await call
        except RPCError as error:
            self.say(label, h.describe_rpc_error(error))
            return None
        if not quiet:
            self.say(label, "carried out")
        return answer

    async def events(self, label="events", name="main"):
        """Says a run's events, with what tells of limits in them."""
        workflow_id, run_id = self.executions[name]
        said = []
        for event in await self.history(workflow_id, run_id):
            line = f"{event.event_id} {h.event_name(event)}"
            attributes = getattr(event, event.WhichOneof("attributes"))
            fields = {}
            for field in ("cause", "failure", "reason", "identity", "suggest_continue_as_new", "suggest_continue_as_new_reasons",
                          "retry_state", "details", "search_attributes"):
                if field in attributes.DESCRIPTOR.fields_by_name and "SCHEDULED" not in line:
                    value = getattr(attributes, field)
                    if not isinstance(value, (str, int, message.Message)) and field == "details":
                        continue
                    if isinstance(value, message.Message):
                        value = json_format.MessageToDict(value)
                    elif field == "suggest_continue_as_new_reasons":
                        value = list(value)
                    if value and not (field == "identity" and value == h.IDENTITY):
                        fields[field] = value
            said.append(line + (f" {json.dumps(fields, sort_keys=True)}" if fields else ""))
        for line, repeated in itertools.groupby(said, key=lambda line: line.split(" ", 1)[1]):
            number = next(repeated).split(" ")[0]
            more = len(list(repeated))
            self.say(label, f"{number} {line}" + (f" and {more} more" if more else ""))

    async def task(self, name="main", **fields):
        """Starts a run and takes its first workflow task."""
        await self.start_manual(name, **fields)
        return await self.worker_by_hand.poll()

    async def answer(self, label, task, *commands, **fields):
        return await self.attempt(label, self.worker_by_hand.complete(task, *commands, **fields))

    async def end(self, execution):
        """Ends a run if it still runs."""
        with contextlib.suppress(RPCError):
            await self.service.terminate_workflow_execution(w.TerminateWorkflowExecutionRequest(
                namespace=self.namespace, workflow_execution=execution))

    def execution(self, name="main"):
        workflow_id, run_id = self.executions[name]
        return WorkflowExecution(workflow_id=workflow_id, run_id=run_id)

    def signal_request(self, **fields):
        fields.setdefault("signal_name", "signal")
        return w.SignalWorkflowExecutionRequest(
            namespace=self.namespace, workflow_execution=self.execution(), identity=h.IDENTITY,
            request_id=str(uuid.uuid4()), **fields)

    async def signal(self, **fields):
        return await self.service.signal_workflow_execution(self.signal_request(**fields))

    def update_request(self, update_id, stage=2, **fields):
        return w.UpdateWorkflowExecutionRequest(
            namespace=self.namespace, workflow_execution=WorkflowExecution(workflow_id=self.id()),
            wait_policy=WaitPolicy(lifecycle_stage=stage),
            request=Request(meta=Meta(update_id=update_id, identity=h.IDENTITY), input=Input(name="update", **fields)))


def many(*values):
    return Payloads(payloads=list(values))


def failure(text="no", stack="", **info):
    return Failure(message=text, stack_trace=stack, source="oracle",
                   application_failure_info=ApplicationFailureInfo(**info))


# MARK: The history


@case
async def history_events(s):
    task = await s.task()
    for i in range(60):
        marker = [c.record_marker("m") for _ in range(8)]
        if not await s.answer(f"task {i}", task, *marker, force_create_new_workflow_task=True, return_new_workflow_task=False):
            break
        try:
            task = await s.worker_by_hand.poll(timeout=3)
        except (AssertionError, RPCError):
            break
    await s.events()


@case
async def history_events_by_signals(s):
    await s.start_manual()
    task = await s.worker_by_hand.poll()
    await s.answer("task", task, *[c.record_marker("m") for _ in range(54)])
    for i in range(6):
        await s.attempt(f"signal {i}", s.signal())
    await s.events()


@case
async def history_bytes(s):
    await s.start_manual()
    for i in range(9):
        await s.attempt(f"signal {i}", s.signal(input=many(LARGE)))
    await s.events()


@case
async def history_bytes_by_task(s):
    task = await s.task()
    for i in range(3):
        marker = c.record_marker("m")
        marker.record_marker_command_attributes.details["x"].CopyFrom(many(LARGE))
        if not await s.answer(f"task {i}", task, marker, marker, marker, force_create_new_workflow_task=True):
            break
        try:
            task = await s.worker_by_hand.poll(timeout=3)
        except (AssertionError, RPCError):
            break
    await s.events()


@case
async def suggestions_by_events(s):
    task = await s.task()
    for count in (6, 1, 1, 1, 1):
        await s.answer("task", task, *[c.record_marker("m") for _ in range(count)], force_create_new_workflow_task=True)
        task = await s.worker_by_hand.poll()
    await s.events()


@case
async def suggestions_by_bytes(s):
    await s.start_manual()
    for _ in range(3):
        await s.attempt("signal", s.signal(input=many(LARGE)))
    await s.worker_by_hand.poll()
    await s.events()


# MARK: Payloads


@case
async def payload_start(s):
    for label, fields in {
        "input": {"input": many(BIG)},
        "two inputs": {"input": many(LARGE, LARGE)},
        "header": {"header": Header(fields={"x": BIG})},
        "memo": {"memo": Memo(fields={"x": BIG})},
        "search attribute": {"search_attributes": SearchAttributes(indexed_fields={"LimitKeyword0": BIG})},
        "last completion result": {"last_completion_result": many(BIG)},
        "continued failure": {"continued_failure": failure("f" * (2 << 20))},
        "summary": {"user_metadata": UserMetadata(summary=Payload(data=b"s" * 401))},
        "details": {"user_metadata": UserMetadata(details=Payload(data=b"s" * 20_001))},
        "big summary": {"user_metadata": UserMetadata(summary=BIG)},
        "input at the limit": {"input": many(Payload(data=b"x" * ((2 << 20) - 10)))},
        "input above the limit": {"input": many(Payload(data=b"x" * ((2 << 20) - 9)))},
    }.items():
        request = s.start_request(label.replace(" ", "-"), **fields)
        await s.attempt(label, s.service.start_workflow_execution(request))


@case
async def payload_signal_with_start(s):
    for label, fields in {
        "input": {"input": many(BIG)},
        "signal input": {"signal_input": many(BIG)},
        "memo": {"memo": Memo(fields={"x": BIG})},
        "header": {"header": Header(fields={"x": BIG})},
    }.items():
        await s.attempt(label, s.service.signal_with_start_workflow_execution(w.SignalWithStartWorkflowExecutionRequest(
            namespace=s.namespace, workflow_id=s.id(label), workflow_type=WorkflowType(name="Manual"),
            task_queue=TaskQueue(name=s.task_queue), signal_name="signal", request_id=str(uuid.uuid4()), **fields)))


@case
async def payload_signal(s):
    await s.start_manual()
    await s.attempt("input", s.signal(input=many(BIG)))
    await s.attempt("header", s.signal(header=Header(fields={"x": BIG})))
    await s.events()


@case
async def payload_query(s):
    await s.start_manual()
    request = w.QueryWorkflowRequest(namespace=s.namespace, execution=s.execution(),
                                     query=WorkflowQuery(query_type="q", query_args=many(BIG)))
    await s.attempt("arguments", s.service.query_workflow(request))


@case
async def payload_query_answer(s):
    task = await s.task()
    await s.answer("task", task)
    for label, fields in {
        "result": {"completed_type": QueryResultType.QUERY_RESULT_TYPE_ANSWERED, "query_result": many(BIG)},
        "error": {"completed_type": QueryResultType.QUERY_RESULT_TYPE_FAILED, "error_message": "e" * (2 << 20)},
    }.items():
        query = asyncio.create_task(s.attempt(f"query {label}", s.service.query_workflow(w.QueryWorkflowRequest(
            namespace=s.namespace, execution=s.execution(), query=WorkflowQuery(query_type="q")))))
        task = await s.worker_by_hand.poll()
        await s.attempt(f"answer {label}", s.service.respond_query_task_completed(w.RespondQueryTaskCompletedRequest(
            namespace=s.namespace, task_token=task.task_token, **fields)))
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(query, 3)


@case
async def payload_query_answer_with_task(s):
    task = await s.task()
    query = asyncio.create_task(s.attempt("query", s.service.query_workflow(w.QueryWorkflowRequest(
        namespace=s.namespace, execution=s.execution(), query=WorkflowQuery(query_type="q")))))
    await asyncio.sleep(0.3)
    await s.answer("task without queries", task, force_create_new_workflow_task=True)
    task = await s.worker_by_hand.poll()
    s.say("queries", len(task.queries))
    await s.answer("task", task, query_results={
        key: WorkflowQueryResult(result_type=QueryResultType.QUERY_RESULT_TYPE_ANSWERED, answer=many(BIG)) for key in task.queries})
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(query, 3)


@case
async def payload_update(s):
    await s.start_manual()
    call = s.service.update_workflow_execution(s.update_request("u", args=many(BIG)))
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(s.attempt("arguments", call), 3)


@case
async def payload_update_outcome(s):
    task = await s.task()
    await s.answer("task", task)
    for label in ("outcome", "rejection"):
        update = asyncio.create_task(s.attempt(f"update {label}", s.service.update_workflow_execution(
            s.update_request(label, stage=3))))
        try:
            task = await s.worker_by_hand.poll()
        except (AssertionError, RPCError):
            s.say(label, "no task")
            break
        request = task.messages[0]
        if label == "outcome":
            messages = [c.accepted(request), c.completed(label, "b" * (2 << 20))]
        else:
            rejection = c.rejected(request)
            body = c.Rejection()
            rejection.body.Unpack(body)
            body.failure.CopyFrom(failure("f" * (2 << 20)))
            rejection.body.Pack(body)
            messages = [rejection]
        await s.answer(f"task {label}", task, *[c.protocol_message(m.id) for m in messages if label == "outcome"], messages=messages)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(update, 3)
    await s.events()


async def activity(s, **fields):
    task = await s.task()
    await s.answer("task", task, c.start_activity(s, **fields))
    return await s.worker_by_hand.poll_activity()


@case
async def payload_activity_result(s):
    task = await activity(s)
    await s.attempt("result", s.service.respond_activity_task_completed(w.RespondActivityTaskCompletedRequest(
        namespace=s.namespace, task_token=task.task_token, identity=h.IDENTITY, result=many(BIG))))
    await s.events()


@case
async def payload_activity_result_by_id(s):
    await activity(s)
    await s.attempt("result", s.service.respond_activity_task_completed_by_id(w.RespondActivityTaskCompletedByIdRequest(
        namespace=s.namespace, workflow_id=s.id(), activity_id="1", identity=h.IDENTITY, result=many(BIG))))
    await s.events()


@case
async def payload_activity_failure(s):
    task = await activity(s)
    await s.attempt("failure", s.service.respond_activity_task_failed(w.RespondActivityTaskFailedRequest(
        namespace=s.namespace, task_token=task.task_token, identity=h.IDENTITY,
        failure=failure("f" * (2 << 20), type="T", non_retryable=True))))
    await s.events()


@case
async def payload_activity_failure_details(s):
    task = await activity(s)
    await s.attempt("failure", s.service.respond_activity_task_failed(w.RespondActivityTaskFailedRequest(
        namespace=s.namespace, task_token=task.task_token, identity=h.IDENTITY,
        failure=failure("f", "s" * 100, type="T", non_retryable=True, details=many(BIG)))))
    await s.events()


@case
async def payload_activity_failure_by_id(s):
    await activity(s)
    await s.attempt("failure", s.service.respond_activity_task_failed_by_id(w.RespondActivityTaskFailedByIdRequest(
        namespace=s.namespace, workflow_id=s.id(), activity_id="1", identity=h.IDENTITY,
        failure=failure("f" * (2 << 20), type="T", non_retryable=True))))
    await s.events()


@case
async def payload_activity_failure_heartbeat(s):
    task = await activity(s)
    await s.attempt("failure", s.service.respond_activity_task_failed(w.RespondActivityTaskFailedRequest(
        namespace=s.namespace, task_token=task.task_token, identity=h.IDENTITY,
        failure=failure("f", type="T", non_retryable=True), last_heartbeat_details=many(BIG))))
    await s.events()


@case
async def payload_activity_canceled(s):
    task = await s.task()
    await s.answer("task", task, c.start_activity(s))
    work = await s.worker_by_hand.poll_activity()
    await s.signal()
    task = await s.worker_by_hand.poll()
    await s.answer("cancel", task, c.cancel_activity(5))
    await s.attempt("canceled", s.service.respond_activity_task_canceled(w.RespondActivityTaskCanceledRequest(
        namespace=s.namespace, task_token=work.task_token, identity=h.IDENTITY, details=many(BIG))))
    await s.events()


@case
async def payload_activity_canceled_by_id(s):
    task = await s.task()
    await s.answer("task", task, c.start_activity(s))
    await s.worker_by_hand.poll_activity()
    await s.signal()
    task = await s.worker_by_hand.poll()
    await s.answer("cancel", task, c.cancel_activity(5))
    await s.attempt("canceled", s.service.respond_activity_task_canceled_by_id(w.RespondActivityTaskCanceledByIdRequest(
        namespace=s.namespace, workflow_id=s.id(), activity_id="1", identity=h.IDENTITY, details=many(BIG))))
    await s.events()


@case
async def payload_heartbeat(s):
    task = await activity(s)
    answer = await s.attempt("heartbeat", s.service.record_activity_task_heartbeat(w.RecordActivityTaskHeartbeatRequest(
        namespace=s.namespace, task_token=task.task_token, identity=h.IDENTITY, details=many(BIG))))
    s.say("answer", answer)
    await s.events()


@case
async def payload_heartbeat_by_id(s):
    await activity(s)
    answer = await s.attempt("heartbeat", s.service.record_activity_task_heartbeat_by_id(w.RecordActivityTaskHeartbeatByIdRequest(
        namespace=s.namespace, workflow_id=s.id(), activity_id="1", identity=h.IDENTITY, details=many(BIG))))
    s.say("answer", answer)
    await s.events()


@case
async def activity_failure_between_attempts(s):
    task = await activity(s)
    await s.attempt("failure", s.service.respond_activity_task_failed(w.RespondActivityTaskFailedRequest(
        namespace=s.namespace, task_token=task.task_token, identity=h.IDENTITY,
        failure=failure("f" * 5000, "s" * 5000, type="T", details=many(Payload(data=b"d" * 5000)), next_retry_delay=h.duration(60)))))
    described = await s.service.describe_workflow_execution(w.DescribeWorkflowExecutionRequest(
        namespace=s.namespace, execution=s.execution()))
    s.say("last failure", described.pending_activities[0].last_failure)


@case
async def payload_task_failure(s):
    task = await s.task()
    await s.attempt("failure", s.service.respond_workflow_task_failed(w.RespondWorkflowTaskFailedRequest(
        namespace=s.namespace, task_token=task.task_token, identity=h.IDENTITY, failure=failure("f" * (2 << 20), type="T"))))
    await s.events()


def with_big(command, field, value=None):
    attributes = getattr(command, command.WhichOneof("attributes"))
    getattr(attributes, field).CopyFrom(many(BIG) if value is None else value)
    return command


def big_commands(s):
    marker = c.record_marker("m")
    marker.record_marker_command_attributes.details["x"].CopyFrom(many(BIG))
    fail = c.fail_workflow()
    fail.fail_workflow_execution_command_attributes.failure.CopyFrom(failure("f" * (2 << 20)))
    header = Header(fields={"x": BIG})
    memo = Memo(fields={"x": BIG})
    attributes = SearchAttributes(indexed_fields={"LimitKeyword0": BIG})
    summary = c.start_timer("t", 5)
    summary.user_metadata.summary.data = b"s" * 401
    details = c.start_timer("t", 5)
    details.user_metadata.details.data = b"s" * 20_001
    return {
        "activity input": c.start_activity(s, input=many(BIG)),
        "activity header": c.start_activity(s, header=header),
        "result": with_big(c.complete_workflow(), "result"),
        "failure": fail,
        "cancel details": with_big(c.cancel_workflow(), "details"),
        "marker": marker,
        "continue input": c.continue_as_new(s, input=many(BIG)),
        "continue memo": c.continue_as_new(s, memo=memo),
        "continue attributes": c.continue_as_new(s, search_attributes=attributes),
        "child input": c.start_child(s, input=many(BIG)),
        "child memo": c.start_child(s, memo=memo),
        "child attributes": c.start_child(s, search_attributes=attributes),
        "signal input": with_big(c.signal_external(s, "other"), "input"),
        "upsert": Command(command_type=CommandType.COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
                          upsert_workflow_search_attributes_command_attributes=UpsertWorkflowSearchAttributesCommandAttributes(
                              search_attributes=attributes)),
        "memo": Command(command_type=CommandType.COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES,
                        modify_workflow_properties_command_attributes=ModifyWorkflowPropertiesCommandAttributes(upserted_memo=memo)),
        "summary": summary,
        "details": details,
    }


@case
async def payload_commands(s):
    for label, command in big_commands(s).items():
        name = label.replace(" ", "-")
        task = await s.task(name)
        await s.answer(label, task, command)
        await asyncio.sleep(0.3)
        await s.events(f"{label} events", name)
        await s.end(s.execution(name))
        await s.end(WorkflowExecution(workflow_id=s.id("child")))


@case
async def memo_grows(s):
    task = await s.task()
    memo = Memo(fields={"x": LARGE})
    other = Memo(fields={"y": LARGE})
    for i, each in enumerate((memo, other)):
        command = Command(command_type=CommandType.COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES,
                          modify_workflow_properties_command_attributes=ModifyWorkflowPropertiesCommandAttributes(upserted_memo=each))
        await s.answer(f"memo {i}", task, command, force_create_new_workflow_task=True)
        if i == 0:
            task = await s.worker_by_hand.poll()
    await s.events()


# MARK: Search attributes


def keyword(text):
    return Payload(metadata={"encoding": b"json/plain", "type": b"Keyword"}, data=json.dumps(text).encode())


def attributes(count, size):
    return {f"LimitKeyword{i}": keyword("v" * size) for i in range(count)}


SEARCH_ATTRIBUTES = {
    "value too large": attributes(1, 2047),
    "value at the limit": attributes(1, 2046),
    "too many": attributes(5, 1),
    "as many as may be": attributes(4, 1),
    "too large in all": attributes(3, 2000),
    "unknown": {"NoSuchField": keyword("v")},
}


@case
async def search_attributes_start(s):
    for label, fields in SEARCH_ATTRIBUTES.items():
        request = s.start_request(label.replace(" ", "-"), search_attributes=SearchAttributes(indexed_fields=fields))
        await s.attempt(label, s.service.start_workflow_execution(request))


@case
async def search_attributes_commands(s):
    for label, fields in SEARCH_ATTRIBUTES.items():
        attributes = SearchAttributes(indexed_fields=fields)
        for kind, command in {
            "upsert": Command(command_type=CommandType.COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
                              upsert_workflow_search_attributes_command_attributes=UpsertWorkflowSearchAttributesCommandAttributes(
                                  search_attributes=attributes)),
            "child": c.start_child(s, search_attributes=attributes),
            "continue": c.continue_as_new(s, search_attributes=attributes),
        }.items():
            name = f"{kind}-{label}".replace(" ", "-")
            task = await s.task(name)
            await s.answer(f"{kind} {label}", task, command)
            await asyncio.sleep(0.3)
            await s.events(f"{kind} {label} events", name)
            await s.end(WorkflowExecution(workflow_id=s.id(name)))
            await s.end(WorkflowExecution(workflow_id=s.id("child")))


# MARK: Ids and names


@case
async def id_requests(s):
    await s.start_manual()
    execution = s.execution()
    long = WorkflowExecution(workflow_id=LONG)
    n = s.namespace
    queue = TaskQueue(name=s.task_queue)
    kind = WorkflowType(name="Manual")
    starts = {
        "workflow id": {"workflow_id": LONG}, "type": {"workflow_type": WorkflowType(name=LONG)},
        "queue": {"task_queue": TaskQueue(name=LONG)}, "request id": {"request_id": LONG}, "identity": {"identity": LONG},
        "cron": {"cron_schedule": LONG},
    }
    for label, fields in starts.items():
        request = s.start_request("other")
        for name in fields:
            request.ClearField(name)
        request.MergeFrom(w.StartWorkflowExecutionRequest(**fields))
        await s.attempt(f"start {label}", s.service.start_workflow_execution(request))
        request = w.SignalWithStartWorkflowExecutionRequest(
            **{"namespace": n, "workflow_id": s.id("other"), "workflow_type": kind, "task_queue": queue, "signal_name": "signal",
               "request_id": str(uuid.uuid4()), **fields})
        await s.attempt(f"signal with start {label}", s.service.signal_with_start_workflow_execution(request))
    await s.attempt("signal with start name", s.service.signal_with_start_workflow_execution(
        w.SignalWithStartWorkflowExecutionRequest(namespace=n, workflow_id=s.id("other"), workflow_type=kind, task_queue=queue,
                                                  signal_name=LONG)))
    await s.attempt("signal name", s.signal(signal_name=LONG))
    for label, call in {
        "signal workflow id": s.service.signal_workflow_execution(w.SignalWorkflowExecutionRequest(
            namespace=n, workflow_execution=long, signal_name="s")),
        "signal request id": s.service.signal_workflow_execution(w.SignalWorkflowExecutionRequest(
            namespace=n, workflow_execution=execution, signal_name="s", request_id=LONG)),
        "signal identity": s.service.signal_workflow_execution(w.SignalWorkflowExecutionRequest(
            namespace=n, workflow_execution=execution, signal_name="s", identity=LONG)),
        "cancel workflow id": s.service.request_cancel_workflow_execution(w.RequestCancelWorkflowExecutionRequest(
            namespace=n, workflow_execution=long)),
        "cancel request id": s.service.request_cancel_workflow_execution(w.RequestCancelWorkflowExecutionRequest(
            namespace=n, workflow_execution=execution, request_id=LONG)),
        "terminate workflow id": s.service.terminate_workflow_execution(w.TerminateWorkflowExecutionRequest(
            namespace=n, workflow_execution=long)),
        "reset request id": s.service.reset_workflow_execution(w.ResetWorkflowExecutionRequest(
            namespace=n, workflow_execution=execution, request_id=LONG, workflow_task_finish_event_id=3)),
        "query workflow id": s.service.query_workflow(w.QueryWorkflowRequest(
            namespace=n, execution=long, query=WorkflowQuery(query_type="q"))),
        "update id": s.service.update_workflow_execution(s.update_request(LONG)),
        "update name": s.service.update_workflow_execution(w.UpdateWorkflowExecutionRequest(
            namespace=n, workflow_execution=execution, request=Request(meta=Meta(update_id="u"), input=Input(name=LONG)),
            wait_policy=WaitPolicy(lifecycle_stage=2))),
        "describe workflow id": s.service.describe_workflow_execution(w.DescribeWorkflowExecutionRequest(namespace=n, execution=long)),
        "history workflow id": s.service.get_workflow_execution_history(w.GetWorkflowExecutionHistoryRequest(
            namespace=n, execution=long)),
        "poll queue": s.service.poll_workflow_task_queue(w.PollWorkflowTaskQueueRequest(
            namespace=n, task_queue=TaskQueue(name=LONG)), timeout=h.timedelta(seconds=3)),
        "poll identity": s.service.poll_workflow_task_queue(w.PollWorkflowTaskQueueRequest(
            namespace=n, task_queue=TaskQueue(name=s.id("empty")), identity=LONG), timeout=h.timedelta(seconds=3)),
        "poll build id": s.service.poll_workflow_task_queue(w.PollWorkflowTaskQueueRequest(
            namespace=n, task_queue=TaskQueue(name=s.id("empty")), binary_checksum=LONG), timeout=h.timedelta(seconds=3)),
        "poll activity queue": s.service.poll_activity_task_queue(w.PollActivityTaskQueueRequest(
            namespace=n, task_queue=TaskQueue(name=LONG)), timeout=h.timedelta(seconds=3)),
        "poll activity identity": s.service.poll_activity_task_queue(w.PollActivityTaskQueueRequest(
            namespace=n, task_queue=TaskQueue(name=s.id("empty")), identity=LONG), timeout=h.timedelta(seconds=3)),
        "describe queue": s.service.describe_task_queue(w.DescribeTaskQueueRequest(
            namespace=n, task_queue=TaskQueue(name=LONG), task_queue_type=1)),
        "namespace": s.service.describe_workflow_execution(w.DescribeWorkflowExecutionRequest(namespace=LONG, execution=execution)),
        "register namespace": s.service.register_namespace(w.RegisterNamespaceRequest(
            namespace=LONG, workflow_execution_retention_period=h.duration(86400))),
    }.items():
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(s.attempt(label, call), 3.5)
    await s.events()


@case
async def id_answers(s):
    task = await activity(s)
    n = s.namespace
    token = task.task_token
    for label, call in {
        "activity heartbeat": s.service.record_activity_task_heartbeat(w.RecordActivityTaskHeartbeatRequest(
            namespace=n, task_token=token, identity=LONG)),
        "activity completed by id": s.service.respond_activity_task_completed_by_id(w.RespondActivityTaskCompletedByIdRequest(
            namespace=n, workflow_id=s.id(), activity_id=LONG)),
        "activity completed": s.service.respond_activity_task_completed(w.RespondActivityTaskCompletedRequest(
            namespace=n, task_token=token, identity=LONG)),
        "activity failed": s.service.respond_activity_task_failed(w.RespondActivityTaskFailedRequest(
            namespace=n, task_token=token, identity=LONG)),
        "activity canceled": s.service.respond_activity_task_canceled(w.RespondActivityTaskCanceledRequest(
            namespace=n, task_token=token, identity=LONG)),
    }.items():
        await s.attempt(label, call)
    await s.signal()
    task = await s.worker_by_hand.poll()
    await s.attempt("workflow task failed", s.service.respond_workflow_task_failed(w.RespondWorkflowTaskFailedRequest(
        namespace=n, task_token=task.task_token, identity=LONG)))
    await s.attempt("workflow task completed", s.service.respond_workflow_task_completed(w.RespondWorkflowTaskCompletedRequest(
        namespace=n, task_token=task.task_token, identity=LONG)))
    await s.events()


@case
async def id_commands(s):
    marker = c.record_marker(LONG)
    signal_name = c.signal_external(s, s.id("other"))
    signal_name.signal_external_workflow_execution_command_attributes.signal_name = LONG
    for label, command in {
        "activity id": c.start_activity(s, activity_id=LONG),
        "activity type": c.start_activity(s, activity_type=ActivityType(name=LONG)),
        "activity queue": c.start_activity(s, task_queue=TaskQueue(name=LONG)),
        "timer id": c.start_timer(LONG, 5),
        "cancel timer id": c.cancel_timer(LONG),
        "marker name": marker,
        "child id": c.start_child(s, workflow_id=LONG),
        "child type": c.start_child(s, workflow_type=WorkflowType(name=LONG)),
        "child queue": c.start_child(s, task_queue=TaskQueue(name=LONG)),
        "continue type": c.continue_as_new(s, workflow_type=WorkflowType(name=LONG)),
        "continue queue": c.continue_as_new(s, task_queue=TaskQueue(name=LONG)),
        "signal id": c.signal_external(s, LONG),
        "signal name": signal_name,
        "cancel id": c.cancel_external(s, LONG),
    }.items():
        name = label.replace(" ", "-")
        task = await s.task(name)
        await s.answer(label, task, command)
        await asyncio.sleep(0.3)
        await s.events(f"{label} events", name)
        await s.end(s.execution(name))


# MARK: Counts


@case
async def pending_counts(s):
    for label, make in {
        "activities": lambda i: c.start_activity(s, str(i)),
        "children": lambda i: c.start_child(s, f"child{i}"),
        "signals": lambda i: c.signal_external(s, s.id("nobody")),
        "cancels": lambda i: c.cancel_external(s, s.id("nobody")),
    }.items():
        task = await s.task(label)
        await s.answer(f"5 {label}", task, *[make(i) for i in range(5)])
        await s.events(f"{label} events", label)
        await s.end(s.execution(label))
    task = await s.task("four")
    await s.answer("4 activities", task, *[c.start_activity(s, str(i)) for i in range(4)])
    await s.events("four activities", "four")


@case
async def signals_of_a_run(s):
    await s.start_manual()
    for i in range(25):
        await s.attempt(f"signal {i}", s.signal(), quiet=True)
    await s.attempt("one more", s.signal())
    await s.attempt("with start", s.service.signal_with_start_workflow_execution(w.SignalWithStartWorkflowExecutionRequest(
        namespace=s.namespace, workflow_id=s.id(), workflow_type=WorkflowType(name="Manual"), signal_name="s",
        task_queue=TaskQueue(name=s.task_queue), request_id=str(uuid.uuid4()))))
    task = await s.task("sender")
    await s.answer("from a workflow", task, c.signal_external(s, s.id()))
    with contextlib.suppress(asyncio.TimeoutError):
        await s.wait_for("SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED", workflow_id=s.id("sender"), timeout=3)
    await s.events("sender", "sender")


@case
async def buffered_events(s):
    task = await s.task()
    for i in range(13):
        await s.attempt(f"signal {i}", s.signal())
    await s.answer("task", task)
    await s.events()
    s.say("next attempt", (await s.worker_by_hand.poll()).attempt)
    await s.events("events then")


@case
async def buffered_task_fails_alone(s):
    task = await s.task()
    for _ in range(11):
        await s.signal()
    await s.answer("task", task)
    task = await s.worker_by_hand.poll()
    s.say("next attempt", task.attempt)
    await s.answer("task", task)
    await s.events()


@case
async def buffered_bytes(s):
    task = await s.task()
    for i in range(3):
        await s.attempt(f"signal {i}", s.signal(input=many(LARGE)))
    await s.answer("task", task)
    await s.events()


@case
async def updates_in_flight(s):
    task = await s.task()
    await s.answer("task", task)
    calls = [asyncio.create_task(s.attempt(f"update {i}", s.service.update_workflow_execution(s.update_request(f"u{i}", 2)), quiet=True))
             for i in range(5)]
    await asyncio.sleep(0.5)
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(s.attempt("sixth", s.service.update_workflow_execution(s.update_request("u5", 2))), 3)
    for call in calls:
        call.cancel()


@case
async def updates_of_a_run(s):
    task = await s.task()
    await s.answer("task", task)
    for i in range(9):
        update = asyncio.create_task(s.attempt(f"update {i}", s.service.update_workflow_execution(s.update_request(f"u{i}", 3))))
        done, _ = await asyncio.wait([update], timeout=0.2)
        if done:
            continue
        task = await s.worker_by_hand.poll()
        messages = [c.accepted(task.messages[0]), c.completed(f"u{i}")]
        await s.worker_by_hand.complete(task, *[c.protocol_message(m.id) for m in messages], messages=messages)
        await update
    await s.events()


@case
async def buffered_queries(s):
    await s.start_manual()
    await s.worker_by_hand.poll()
    request = w.QueryWorkflowRequest(namespace=s.namespace, execution=s.execution(), query=WorkflowQuery(query_type="q"))
    first = asyncio.create_task(s.attempt("first", s.service.query_workflow(request)))
    await asyncio.sleep(0.3)
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(s.attempt("second", s.service.query_workflow(request)), 3)
    first.cancel()


@case
async def callbacks_and_links(s):
    def callback(url="temporal://system", **header):
        return Callback(nexus=Callback.Nexus(url=url, header=header))  # An address in the server is always allowed.

    def link(run="r", count=1):
        return [Link(workflow_event=Link.WorkflowEvent(namespace="default", workflow_id="w", run_id=run)) for _ in range(count)]

    for label, fields in {
        "33 callbacks": {"completion_callbacks": [callback()] * 33},
        "callback url": {"completion_callbacks": [callback("http://localhost/" + "u" * 1000)]},
        "callback elsewhere": {"completion_callbacks": [callback("http://localhost:1/x")]},
        "callback scheme": {"completion_callbacks": [callback("ftp://localhost/")]},
        "callback header": {"completion_callbacks": [callback(x="h" * 8192)]},
        "11 links": {"links": link(count=11)},
        "large link": {"links": link("r" * 4000)},
        "empty link": {"links": [Link()]},
        "link without run": {"links": link("")},
    }.items():
        await s.attempt(label, s.service.start_workflow_execution(s.start_request(label.replace(" ", "-"), **fields)))
    await s.start_manual()
    await s.attempt("signal with 11 links", s.signal(links=link(count=11)))
    await s.attempt("cancel with 11 links", s.service.request_cancel_workflow_execution(w.RequestCancelWorkflowExecutionRequest(
        namespace=s.namespace, workflow_execution=s.execution(), links=link(count=11))))
    await s.attempt("terminate with 11 links", s.service.terminate_workflow_execution(w.TerminateWorkflowExecutionRequest(
        namespace=s.namespace, workflow_execution=s.execution(), links=link(count=11))))


@case
async def state_size(s):
    task = await s.task(memo=Memo(fields={"x": LARGE}))
    await s.answer("task", task, *[c.start_activity(s, str(i), heartbeat_timeout=h.duration(60)) for i in range(4)])
    for i in range(4):
        work = await s.worker_by_hand.poll_activity()
        answer = await s.attempt(f"heartbeat {i}", s.service.record_activity_task_heartbeat(w.RecordActivityTaskHeartbeatRequest(
            namespace=s.namespace, task_token=work.task_token, identity=h.IDENTITY, details=many(LARGE))))
        s.say("answer", answer)
    await s.events()


@case
async def state_size_by_task(s):
    task = await s.task(memo=Memo(fields={"x": LARGE}))
    commands = []
    for _ in range(3):
        command = c.signal_external(s, s.id("nobody"))
        command.signal_external_workflow_execution_command_attributes.input.CopyFrom(many(LARGE))
        commands.append(command)
    await s.answer("task", task, *commands)
    with contextlib.suppress(asyncio.TimeoutError):
        await s.wait_for("SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED", 3, timeout=3)
    await s.events()


@case
async def message_size(s):
    payload = Payload(data=b"x" * (1 << 20))
    await s.attempt("start above 4 MiB", s.service.start_workflow_execution(s.start_request(input=many(*[payload] * 4))))
    await s.start_manual()
    task = await s.worker_by_hand.poll()
    markers = []
    for i in range(4):
        marker = c.record_marker("m")
        marker.record_marker_command_attributes.details["x"].CopyFrom(many(payload))
        markers.append(marker)
    await s.answer("task above 4 MiB", task, *markers)
    await s.events()


# MARK: Running


@contextlib.asynccontextmanager
async def real():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = [word for name, _, value in SETTINGS for word in ("--dynamic-config-value", f"{name}={value}")]
    process = await asyncio.create_subprocess_exec(
        ROOT / ".venv" / "bin" / "temporal", "server", "start-dev", "--headless", "--port", str(port), "--log-level", "never",
        *settings, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL)
    try:
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


@contextlib.asynccontextmanager
async def ours():
    settings = [f"{field}={value}" for _, field, value in SETTINGS]
    server, process, port = await front.start(ROOT / ".build" / "debug" / "hindcast-bridge", *settings)
    try:
        yield f"127.0.0.1:{port}"
    finally:
        await server.stop(0)
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def connect(address):
    for _ in range(100):
        try:
            return await Client.connect(address)
        except RuntimeError:
            await asyncio.sleep(0.2)
    raise ConnectionError(f"nothing answers at {address}")


async def register_search_attributes(client):
    await client.operator_service.add_search_attributes(o.AddSearchAttributesRequest(
        namespace=client.namespace,
        search_attributes={f"LimitKeyword{i}": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD for i in range(5)}))
    await asyncio.sleep(1)


async def probe(address, names):
    client = await connect(address)
    await register_search_attributes(client)
    several = asyncio.Semaphore(3)

    async def run(name):
        s = Probe(client, name)
        async with several:
            try:
                await asyncio.wait_for(CASES[name](s), 90)
            except Exception as error:  # A case that cannot go on says how far it came.
                s.say("ended by", f"{type(error).__name__}: {error}")
        return s.lines

    return [line for lines in await asyncio.gather(*map(run, names)) for line in lines]


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("patterns", nargs="*", metavar="PATTERN")
    parser.add_argument("--server", choices=["real", "ours"], help="only this one; prints all that it said")
    parser.add_argument("--address", help="a server that runs already; prints all that it said")
    arguments = parser.parse_args()
    names = [name for name in CASES if not arguments.patterns or any(fnmatch.fnmatch(name, p) for p in arguments.patterns)]
    if arguments.address:
        print(*await probe(arguments.address, names), sep="\n")
        return 0
    said = {}
    for name, server in {"real": real, "ours": ours}.items():
        if arguments.server in (None, name):
            async with server() as address:
                said[name] = await probe(address, names)
    if arguments.server:
        print(*said[arguments.server], sep="\n")
        return 0
    differences = [line for line in difflib.unified_diff(said["real"], said["ours"], "real", "ours", n=1, lineterm="")]
    print(*differences, sep="\n")
    print(f"{len(names)} cases, {len(said['real'])} answers and events, {sum(line[0] in '+-' for line in differences[2:])} lines differ")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
