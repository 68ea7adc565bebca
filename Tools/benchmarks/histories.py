#!/usr/bin/env python3
"""Writes the histories that the replay benchmarks run on: a workflow that calls an activity N times, one after another.

The same shape for every replayer; only what each SDK numbers in its own way differs (activity ids, SDK metadata).

    histories.py OUTPUT_DIR            # small.json (11 events) and long.json (10,001 events), each as .go and .python
"""
import base64
import datetime
import json
import pathlib
import sys

START = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
RUN = "0198c0de-0000-7000-8000-00000000{:04x}"


def payload(value):
    return {"payloads": [{"metadata": {"encoding": base64.b64encode(b"json/plain").decode()},
                          "data": base64.b64encode(json.dumps(value).encode()).decode()}]}


def history(activities, profile):
    events = []

    def add(kind, attributes):
        number = len(events) + 1
        name = "".join(part.title() for part in kind.split("_"))
        time = START + datetime.timedelta(milliseconds=10 * number)
        events.append({
            "eventId": str(number), "eventTime": time.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "eventType": f"EVENT_TYPE_{kind}",
            "taskId": str(1048576 + number), name[0].lower() + name[1:] + "EventAttributes": attributes})
        return number

    def task(first):
        queue = {"name": "bench", "kind": "TASK_QUEUE_KIND_NORMAL"}
        scheduled = add("WORKFLOW_TASK_SCHEDULED", {"taskQueue": queue, "startToCloseTimeout": "10s", "attempt": 1})
        started = add("WORKFLOW_TASK_STARTED", {
            "scheduledEventId": str(scheduled), "identity": "bench", "requestId": "r", "historySizeBytes": "600"})
        metadata = {"langUsedFlags": [3], "sdkName": "temporal-go", "sdkVersion": "1.42.0"} if profile == "go" else \
            {"coreUsedFlags": [1, 2, 3], "langUsedFlags": [1], "sdkName": "temporal-python", "sdkVersion": "1.35.0"}
        return add("WORKFLOW_TASK_COMPLETED", {
            "scheduledEventId": str(scheduled), "startedEventId": str(started), "identity": "bench",
            "workerVersion": {}, "meteringMetadata": {}, **({"sdkMetadata": metadata} if first else {})})

    add("WORKFLOW_EXECUTION_STARTED", {
        "workflowType": {"name": "app:bench_workflow"}, "taskQueue": {"name": "bench", "kind": "TASK_QUEUE_KIND_NORMAL"},
        "input": payload({"count": activities}), "workflowExecutionTimeout": "0s", "workflowRunTimeout": "0s",
        "workflowTaskTimeout": "10s", "originalExecutionRunId": RUN.format(activities),
        "firstExecutionRunId": RUN.format(activities), "identity": "bench", "attempt": 1,
        "firstWorkflowTaskBackoff": "0s", "header": {}, "workflowId": "bench"})
    completed = task(True)
    for index in range(activities):
        number = len(events) + 1
        scheduled = add("ACTIVITY_TASK_SCHEDULED", {
            "activityId": str(number if profile == "go" else index + 1), "activityType": {"name": "app:echo"},
            "taskQueue": {"name": "bench", "kind": "TASK_QUEUE_KIND_NORMAL"}, "header": {},
            "input": payload({"number": index + 1, "text": "benchmark"}), "scheduleToCloseTimeout": "0s",
            "scheduleToStartTimeout": "0s", "startToCloseTimeout": "600s", "heartbeatTimeout": "0s",
            "workflowTaskCompletedEventId": str(completed),
            "retryPolicy": {"initialInterval": "1s", "backoffCoefficient": 2, "maximumInterval": "100s"}})
        started = add("ACTIVITY_TASK_STARTED", {
            "scheduledEventId": str(scheduled), "identity": "bench", "requestId": "r", "attempt": 1, "workerVersion": {}})
        add("ACTIVITY_TASK_COMPLETED", {
            "result": payload({"number": index + 1}), "scheduledEventId": str(scheduled),
            "startedEventId": str(started), "identity": "bench"})
        completed = task(False)
    add("WORKFLOW_EXECUTION_COMPLETED", {
        "result": payload({"sum": activities * (activities + 1) // 2}), "workflowTaskCompletedEventId": str(completed)})
    return {"events": events}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    for name, activities in (("small", 1), ("long", 1666)):
        for profile in ("go", "python"):
            (out / f"{name}.{profile}.json").write_text(json.dumps(history(activities, profile), indent=2))


if __name__ == "__main__":
    main()
