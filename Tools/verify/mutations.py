"""Changes to the code of workflows.py, each with the event of a recorded history that no longer fits."""

from dataclasses import dataclass


@dataclass
class Mutation:
    name: str
    """What is changed."""
    workflow: str
    """The class, which is the workflow type as well."""
    history: str
    old: str
    new: str
    event: str
    """The type of the event that no longer fits."""
    nth: int = 1
    """Which event of that type it is, from 1."""

    def apply(self, source: str) -> str:
        """The source with the change, which must be possible in exactly one place of the class."""
        start = source.index(f"class {self.workflow}:")
        end = source.find("\n@workflow.defn", start)
        before, body, after = source[:start], source[start:end], source[end:]
        if body.count(self.old) != 1:
            raise ValueError(f"{self.name}: {self.old!r} is {body.count(self.old)} times in {self.workflow}")
        return before + body.replace(self.old, self.new) + after


MUTATIONS = [
    Mutation("activity renamed", "Sequence", "sequence", "(charge, 7,", "(refund, 7,", "ActivityTaskScheduled", 2),
    Mutation("timer removed", "Sequence", "sequence", "await workflow.sleep(0.05)", "pass", "TimerStarted"),
    Mutation(
        "timer added", "Greeting", "greeting", "return await", "await workflow.sleep(1)\n        return await",
        "ActivityTaskScheduled",
    ),  # fmt: skip
    Mutation(
        "activity removed", "Compensating", "compensating",
        "return await workflow.execute_activity(refund, amount, start_to_close_timeout=SHORT)", "return 'kept after all'",
        "ActivityTaskScheduled", 3,
    ),  # fmt: skip
    Mutation(
        "activities swapped", "Compensating", "compensating", "(charge, amount,", "(refund, amount,",
        "ActivityTaskScheduled", 1,
    ),  # fmt: skip
    Mutation(
        "child of another type", "Parent", "parent", "Child.run", "Greeting.run", "StartChildWorkflowExecutionInitiated"
    ),
    Mutation(
        "child with another id", "FailingChild", "failing-child", "/child", "/kid", "StartChildWorkflowExecutionInitiated"
    ),
    Mutation("patch removed", "Patched", "patched", 'workflow.patched("charge-first")', "True", "MarkerRecorded"),
    Mutation(
        "local activity renamed", "LocalActivities", "local-activities", "(charge, 3,", "(refund, 3,", "MarkerRecorded", 2
    ),
    Mutation(
        "signal dropped", "Telling", "telling", 'await handle.signal("add", "two")', "pass",
        "SignalExternalWorkflowExecutionInitiated", 2,
    ),  # fmt: skip
    Mutation(
        "no longer continued", "Counting", "continued", "left > 0", "left > 1", "WorkflowExecutionContinuedAsNew"
    ),
    Mutation(
        "upserts swapped", "Visibility", "visibility", "workflow.upsert_search_attributes([CITY.value_set(\"Bergen\")])",
        "workflow.upsert_memo({'note': 'moved'})", "UpsertWorkflowSearchAttributes",
    ),  # fmt: skip
    Mutation(
        "update without its activity", "Updates", "updates",
        "await workflow.execute_activity(charge, amount, start_to_close_timeout=SHORT)", "pass",
        "ActivityTaskScheduled",
    ),  # fmt: skip
    Mutation("not cancelled", "Cancelling", "cancelling", "running.cancel()", "pass", "ActivityTaskCancelRequested"),
    Mutation(
        "completes instead of failing", "Failing", "failing",
        'raise ApplicationError("no", type="Refused", non_retryable=True)', "return", "WorkflowExecutionFailed",
    ),  # fmt: skip
    Mutation("does not wait for a signal", "Signals", "signals", ">= 2", ">= 0", "TimerStarted"),
    Mutation(
        "goes on after the end", "Timers", "timers", 'return "done"', 'await workflow.sleep(1)\n        return "done"',
        "WorkflowExecutionCompleted",
    ),  # fmt: skip
]
