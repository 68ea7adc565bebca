"""Tests of the scenario reader: .venv/bin/python -m unittest discover -s Tools/tests"""
import datetime
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from recording import cases, scenarios  # noqa: E402


class ScenarioTests(unittest.TestCase):
    def load(self, text: str) -> scenarios.Suite:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "orders"
            path.mkdir()
            (path / "scenarios.yaml").write_text(text)
            return scenarios.load(path)

    def test_defaults(self):
        suite = self.load("task_queue: q\ncases: [{name: happy, workflow: app:order}]")
        (case,) = suite.cases
        self.assertEqual((suite.name, suite.task_queue, suite.namespace), ("orders", "q", "default"))
        self.assertEqual((case.id, case.server, case.input, case.steps), ("orders-happy", "dev", [], []))
        self.assertIs(case.expect, scenarios.NOTHING)

    def test_everything(self):
        suite = self.load(
            """
            task_queue: q
            also_in: .
            cases:
              - name: long-one
                workflow: app:order
                id: order-1
                server: time-skipping
                input: [{a: 1}, null]
                start_signal: {name: go, args: [1]}
                run_timeout: 1.5h
                retry_policy: {initial_interval: 200ms, backoff: 1.5, maximum_attempts: 3, non_retryable: [Invalid]}
                memo: {customer: ann}
                steps:
                  - wait: {event: ActivityTaskScheduled, type: app:charge, count: 2}
                  - wait: {events: 8}
                  - signal: {name: approve}
                  - update: {name: add, id: add-1, args: [2], expect: null}
                  - query: {type: state, expect_failure: closed}
                  - cancel: {}
                  - terminate: {reason: enough}
                expect: null
                follow: [children, continued]
            """
        )
        (case,) = suite.cases
        self.assertEqual(case.options["run_timeout"], datetime.timedelta(minutes=90))
        self.assertEqual(case.options["retry_policy"]["initial_interval"], datetime.timedelta(milliseconds=200))
        self.assertEqual(case.options["retry_policy"]["non_retryable_error_types"], ["Invalid"])
        kinds = [step.kind for step in case.steps]
        self.assertEqual(kinds, ["wait", "wait", "signal", "update", "query", "cancel", "terminate"])
        self.assertEqual(str(case.steps[0].value), "2 × ActivityTaskScheduled of app:charge")
        self.assertIsNone(case.steps[3].value.expect)
        self.assertIsNone(case.expect)

    def test_call(self):
        suite = self.load("task_queue: q\ncases: [{name: one, call: {function: app:drive, args: [1]}, workflows: 2, expect: 3}]")
        (case,) = suite.cases
        self.assertEqual(case.call, scenarios.Call("app:drive", [1], 2))
        self.assertIsNone(case.workflow)
        self.assertEqual(case.expect, 3)

    def test_mistakes_are_named(self):
        case = "task_queue: q\ncases:\n  - {name: one, workflow: w, %s}"
        mistakes = {
            "[]": "is a map with the keys task_queue",
            "cases: []": "task_queue is missing",
            "task_queue: q": "cases is missing",
            "task_queue: 1\ncases: []": "task_queue is a text",
            "task_queue: q\ncases: [{workflow: w}]": "case 1: name is missing",
            "task_queue: q\ncases: [{name: A b, workflow: w}]": "lower-case words",
            "task_queue: q\nalso_in: ../no\ncases: []": "there is no folder ../no",
            "task_queue: q\ncases: [{name: a, workflow: w}, {name: a, workflow: w}]": "two cases have the name a",
            "a: [": "scenarios.yaml",
            case % "stpes: []": "case 1 (one): unknown key stpes; did you mean steps?",
            case % "workflows: 2": "workflows belongs to call",
            case % "call: {function: f}": "workflow and call exclude each other",
            "task_queue: q\ncases: [{name: one, call: {}}]": "case 1 (one): call: function is missing",
            case % "server: prod": "server cannot be prod",
            case % "follow: [child]": "follow cannot be child; did you mean children?",
            case % "run_timeout: 5": "run_timeout is a text",
            case % "run_timeout: soon": "run_timeout is a time such as",
            case % "expect: 1, expect_failure: x": "exclude each other",
            case % "expect: 1, open: true": "open leaves no result",
            case % "steps: [wait]": "step 1: is a map with one key",
            case % "steps: [{wiat: {}}]": "wiat is no step; did you mean wait?",
            case % "steps: [{wait: {}}]": "needs either event or events",
            case % "steps: [{wait: {event: TimerStartet}}]": "did you mean TimerStarted?",
            case % "steps: [{wait: {event: TimerStarted, count: 0}}]": "count is at least 1",
            case % "steps: [{signal: {args: []}}]": "step 1 (signal): name is missing",
            case % "steps: [{signal: {name: a, args: 1}}]": "args is a list",
            case % "retry_policy: {maximum_attempts: true}": "maximum_attempts is a number",
        }
        for text, message in mistakes.items():
            with self.subTest(text), self.assertRaises(scenarios.ScenarioError) as caught:
                self.load(text)
            self.assertIn(message, str(caught.exception))

    def test_committed_suites_are_valid(self):
        root = pathlib.Path(__file__).resolve().parent.parent.parent
        for path in sorted((root / "Histories").glob("*/scenarios.yaml")):
            with self.subTest(path.parent.name):
                self.assertTrue(scenarios.load(path.parent).cases)


class ResultTests(unittest.TestCase):
    def test_agreement(self):
        cases_of = [
            ({"a": 1, "b": 2}, {"a": 1}, True),
            ({"a": {"b": [1, {"c": 2, "d": 3}]}}, {"a": {"b": [1, {"c": 2}]}}, True),
            ({"a": 1}, {"b": 1}, False),
            ({"a": None}, {"a": None}, True),
            ({}, {"a": None}, False),
            ([1, 2], [1], False),
            (1.0, 1, True),
            (True, 1, False),
            ("1", 1, False),
            (None, None, True),
            ([], {}, False),
        ]
        for result, expected, agree in cases_of:
            with self.subTest(result=result, expected=expected):
                self.assertEqual(cases.agrees(result, expected), agree)

    def test_failure_text_holds_the_causes(self):
        inner = ValueError("no money")
        outer = RuntimeError("workflow failed")
        outer.cause = inner
        self.assertEqual(cases.failure_text(outer), "RuntimeError: workflow failed / ValueError: no money")

    def test_next_run(self):
        event = '{"events": [{"eventId": "1"}, {"%sEventAttributes": {"newExecutionRunId": "r2"}}]}'
        self.assertEqual(cases.next_run(event % "workflowExecutionContinuedAsNew"), "r2")
        self.assertIsNone(cases.next_run('{"events": [{"eventId": "1"}]}'))


if __name__ == "__main__":
    unittest.main()
