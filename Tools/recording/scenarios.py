"""Reads and checks the scenarios.yaml of a suite.

    task_queue: orders              the queue that the app's worker polls, prefix included
    namespace: default              where the workflows run
    also_in: ../changes             a folder, seen from this one, that gets a copy of each history
    cases:
      - name: happy                 the history goes to happy.json
        workflow: app:order         the workflow's type
        call:                       or a function, which starts workflows itself (hindcast call); then neither input nor steps
          function: app:drive_order
          args: [17]                its arguments; expect and expect_failure are about its result
        workflows: 2                how many workflows the function starts; 1 by default
        input: [{"id": "17"}]       the workflow's arguments, as JSON
        id: order-17                the workflow's id; <suite>-<name> by default
        server: dev                 or time-skipping, for timers that nobody waits for
        start_signal:               signal-with-start
          name: approve
          args: []
        run_timeout: 30s            also execution_timeout and task_timeout
        retry_policy:               the workflow's own
          maximum_attempts: 2       also initial_interval, maximum_interval, backoff, non_retryable
        memo: {customer: ann}
        steps:                      one after the other
          - wait: {event: TimerStarted, count: 1}            until the history holds that many
          - wait: {event: ActivityTaskScheduled, type: app:charge}   of that activity or workflow type only
          - wait: {events: 8}                                until the history is that long
          - signal: {name: approve, args: [1]}
          - update: {name: add, id: add-1, args: [2], expect: 3}     or expect_failure: text
          - query: {type: state, args: [], expect: {}}       or expect_failure: text
          - cancel: {}
          - terminate: {reason: enough}
        expect: {status: shipped}   the result: of maps the listed keys, everything else whole
        expect_failure: no money    what the failure's text holds, causes and kinds (terminated) included
        open: true                  exported after the steps, while it still runs
        follow: [children]          also <name>.child-N.json; continued: also <name>.run-N.json

What a function starts goes to <name>.json, <name>.workflow-2.json …, in the order in which it was started.
"""
import dataclasses
import datetime
import difflib
import pathlib
import re

import temporalio.api.enums.v1
import yaml


class ScenarioError(Exception):
    """A scenario file that says something wrong; the text says what and where."""


NOTHING = object()  # where `expect: null` must differ from no expectation


@dataclasses.dataclass
class Message:
    """A signal, update or query."""

    name: str
    args: list
    id: str | None = None
    expect: object = NOTHING
    expect_failure: str | None = None


@dataclasses.dataclass
class Wait:
    """Until the history holds enough."""

    event: str | None
    type: str | None
    count: int

    def __str__(self):
        if self.event is None:
            return f"{self.count} events"
        what = self.event + (f" of {self.type}" if self.type else "")
        return f"{self.count} × {what}"


@dataclasses.dataclass
class Step:
    kind: str
    value: object


@dataclasses.dataclass
class Call:
    """A call of a function of the app."""

    function: str
    args: list
    workflows: int


@dataclasses.dataclass
class Case:
    name: str
    workflow: str | None
    call: Call | None
    id: str
    input: list
    server: str
    start_signal: Message | None
    steps: list[Step]
    expect: object
    expect_failure: str | None
    open: bool
    follow: list[str]
    options: dict  # for Client.start_workflow


@dataclasses.dataclass
class Suite:
    name: str
    folder: pathlib.Path
    task_queue: str
    namespace: str
    also_in: pathlib.Path | None
    cases: list[Case]


SERVERS = ["dev", "time-skipping"]
FOLLOWS = ["children", "continued"]
TIMEOUTS = ["run_timeout", "execution_timeout", "task_timeout"]
CASE_KEYS = [
    "name", "workflow", "call", "workflows", "id", "input", "server", "start_signal", *TIMEOUTS, "retry_policy", "memo", "steps", "expect",
    "expect_failure", "open", "follow",
]  # fmt: skip
STEP_KEYS = {
    "wait": ["event", "events", "type", "count"],
    "signal": ["name", "args"],
    "update": ["name", "id", "args", "expect", "expect_failure"],
    "query": ["type", "args", "expect", "expect_failure"],
    "cancel": [],
    "terminate": ["reason"],
}
RETRY_KEYS = ["initial_interval", "maximum_interval", "backoff", "maximum_attempts", "non_retryable"]
UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
EVENTS = {
    "".join(part.capitalize() for part in name.removeprefix("EVENT_TYPE_").split("_")): number
    for name, number in temporalio.api.enums.v1.EventType.items()
}


def load(folder: pathlib.Path) -> Suite:
    """The suite in a folder.

    Raises ScenarioError, naming the place, for whatever is not as the module's documentation has it.
    """
    path = folder / "scenarios.yaml"
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ScenarioError(f"{path}: {error}") from error
    top = Reader(document, str(path), ["task_queue", "namespace", "also_in", "cases"])
    also_in = top.text("also_in", None)
    suite = Suite(
        name=folder.name,
        folder=folder,
        task_queue=top.text("task_queue"),
        namespace=top.text("namespace", "default"),
        also_in=(folder / also_in).resolve() if also_in else None,
        cases=[],
    )
    if suite.also_in and not suite.also_in.is_dir():
        raise ScenarioError(f"{path}: also_in: there is no folder {also_in}")
    for number, value in enumerate(top.list("cases"), 1):
        suite.cases.append(read_case(value, f"{path}: case {number}", suite))
    for key in ("name", "id"):
        values = [getattr(case, key) for case in suite.cases]
        for value in sorted({value for value in values if values.count(value) > 1}):
            raise ScenarioError(f"{path}: two cases have the {key} {value}")
    return suite


def read_case(value, place: str, suite: Suite) -> Case:
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        place += f" ({value['name']})"
    case = Reader(value, place, CASE_KEYS)
    name = case.text("name")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        case.fail("name", "is lower-case words with hyphens between")
    signal = None
    if "start_signal" in case.values:
        signal = read_message(case.values["start_signal"], f"{place}: start_signal", STEP_KEYS["signal"])
    call = read_call(case, place)
    result = Case(
        name=name,
        workflow=None if call else case.text("workflow"),
        call=call,
        id=case.text("id", f"{suite.name}-{name}"),
        input=case.list("input", []),
        server=case.choice("server", SERVERS, "dev"),
        start_signal=signal,
        steps=[read_step(step, f"{place}: step {n}") for n, step in enumerate(case.list("steps", []), 1)],
        expect=case.values.get("expect", NOTHING),
        expect_failure=case.text("expect_failure", None),
        open=case.flag("open"),
        follow=[case.one_of("follow", item, FOLLOWS) for item in case.list("follow", [])],
        options=read_options(case, place),
    )
    if result.expect is not NOTHING and result.expect_failure is not None:
        case.fail("expect", "and expect_failure exclude each other")
    if result.open and not call and (
        result.expect is not NOTHING or result.expect_failure is not None or result.follow
    ):
        case.fail("open", "leaves no result to expect and no other run to follow")
    return result


def read_call(case: "Reader", place: str) -> Call | None:
    if "call" not in case.values:
        if "workflows" in case.values:
            case.fail("workflows", "belongs to call")
        return None
    for key in ("workflow", "id", "input", "start_signal", "retry_policy", "memo", "steps", *TIMEOUTS):
        if key in case.values:
            case.fail(key, "and call exclude each other: the function starts the workflows")
    reader = Reader(case.values["call"], f"{place}: call", ["function", "args"])
    return Call(
        function=reader.text("function"),
        args=reader.list("args", []),
        workflows=int(case.number("workflows", 1, least=1)),
    )


def read_options(case: "Reader", place: str) -> dict:
    options = {key: case.duration(key) for key in TIMEOUTS if key in case.values}
    if "memo" in case.values:
        options["memo"] = case.map("memo")
    if "retry_policy" in case.values:
        policy = Reader(case.values["retry_policy"], f"{place}: retry_policy", RETRY_KEYS)
        arguments = {}
        for key in ("initial_interval", "maximum_interval"):
            if key in policy.values:
                arguments[key] = policy.duration(key)
        if "backoff" in policy.values:
            arguments["backoff_coefficient"] = policy.number("backoff", least=1)
        if "maximum_attempts" in policy.values:
            arguments["maximum_attempts"] = int(policy.number("maximum_attempts", least=0))
        if "non_retryable" in policy.values:
            arguments["non_retryable_error_types"] = policy.list("non_retryable")
        options["retry_policy"] = arguments
    return options


def read_step(value, place: str) -> Step:
    if not isinstance(value, dict) or len(value) != 1:
        raise ScenarioError(f"{place}: is a map with one key, one of {', '.join(STEP_KEYS)}")
    kind, content = next(iter(value.items()))
    if kind not in STEP_KEYS:
        raise ScenarioError(f"{place}: {kind} is no step{suggestion(kind, STEP_KEYS)}")
    place += f" ({kind})"
    keys = STEP_KEYS[kind]
    if kind == "wait":
        return Step(kind, read_wait(content, place, keys))
    if kind in ("signal", "update", "query"):
        return Step(kind, read_message(content, place, keys))
    reader = Reader(content if content is not None else {}, place, keys)
    return Step(kind, reader.text("reason", None) if kind == "terminate" else None)


def read_wait(value, place: str, keys: list[str]) -> Wait:
    reader = Reader(value, place, keys)
    if ("event" in reader.values) == ("events" in reader.values):
        raise ScenarioError(f"{place}: needs either event or events")
    if "events" in reader.values:
        return Wait(event=None, type=None, count=int(reader.number("events", least=1)))
    return Wait(
        event=reader.choice("event", EVENTS),
        type=reader.text("type", None),
        count=int(reader.number("count", 1, least=1)),
    )


def read_message(value, place: str, keys: list[str]) -> Message:
    reader = Reader(value, place, keys)
    return Message(
        name=reader.text("type" if "type" in keys else "name"),
        args=reader.list("args", []),
        id=reader.text("id", None) if "id" in keys else None,
        expect=reader.values.get("expect", NOTHING),
        expect_failure=reader.text("expect_failure", None) if "expect_failure" in keys else None,
    )


class Reader:
    """A map of a scenario file: its values by key, checked as they are taken."""

    def __init__(self, values, place: str, keys):
        if not isinstance(values, dict):
            raise ScenarioError(f"{place}: is a map with the keys {', '.join(keys) or '(none)'}")
        for key in values:
            if key not in keys:
                raise ScenarioError(f"{place}: unknown key {key}{suggestion(str(key), keys)}")
        self.values = values
        self.place = place

    def fail(self, key: str, rule: str):
        raise ScenarioError(f"{self.place}: {key} {rule}")

    def take(self, key: str, default, kind, rule: str):
        if key not in self.values:
            if default is NOTHING:
                self.fail(key, "is missing")
            return default
        value = self.values[key]
        if not isinstance(value, kind) or isinstance(value, bool) and kind is not bool:
            self.fail(key, rule)
        return value

    def text(self, key: str, default=NOTHING):
        value = self.take(key, default, str, "is a text")
        if value == "":
            self.fail(key, "is empty")
        return value

    def list(self, key: str, default=NOTHING):
        return self.take(key, default, list, "is a list")

    def map(self, key: str):
        return self.take(key, NOTHING, dict, "is a map")

    def flag(self, key: str):
        return self.take(key, False, bool, "is true or false")

    def number(self, key: str, default=NOTHING, least=0):
        value = self.take(key, default, (int, float), "is a number")
        if value < least:
            self.fail(key, f"is at least {least}")
        return value

    def duration(self, key: str):
        text = self.text(key)
        match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h)", text)
        if not match:
            self.fail(key, f"is a time such as 500ms, 30s or 1h, not {text}")
        return datetime.timedelta(seconds=float(match[1]) * UNITS[match[2]])

    def choice(self, key: str, choices, default=NOTHING):
        return self.one_of(key, self.text(key, default), choices)

    def one_of(self, key: str, value, choices):
        if value not in choices:
            self.fail(key, f"cannot be {value}{suggestion(str(value), choices)}")
        return value


def suggestion(word: str, known) -> str:
    """What the word may have been meant to be, to stand behind a message."""
    near = difflib.get_close_matches(word, list(known), 1)
    if near:
        return f"; did you mean {near[0]}?"
    return f" (known: {', '.join(known)})" if len(list(known)) <= 12 else ""
