"""Takes out of the CLI's output what differs from one run to the next: ids, times and how long things took.

And what Hindcast's server does not have: events carry no task ids, so that histories are some bytes shorter, task queues report
no rates, and two capabilities of namespaces are not announced.
"""
import json
import re

# The fixed times in the steps lie before this decade.
TIME = re.compile(r"\b20(2[5-9]|[3-9]\d)-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?(Z|UTC|[+-]\d\d:?\d\d))?( UTC)?")
# The last is what a server calls the request of a task that it hands out with an answer: whether it does is a matter of time.
UUID = re.compile(
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b[0-9a-f]{32}\b"
    r"|request-from-RespondWorkflowTaskCompleted")
ADDRESS = re.compile(r"\b127\.0\.0\.1:\d+")
# How long something took; what somebody asked for is a whole number of seconds.
TOOK = re.compile(r"\b(\d+h)?(\d+m)?\d+\.\d{2,}s\b|\b\d+(\.\d+)?(ms|µs|ns)\b")
# Of a run that took less than a millisecond.
NO_TIME = re.compile(r"\b(RunTime\s+)0s\b")
PROCESS = re.compile(r"\b\d+@[\w.-]+")
# Fields that say how long something took, how large it is, or what only the server can read.
OPAQUE = {
    "taskToken", "nextPageToken", "longPollToken", "historySizeBytes", "HistorySize", "stateSizeBytes", "durationMillis",
    "backlogIncreaseRate", "tasksAddRate", "tasksDispatchRate"}
# Fields that only the real server has.
DROPPED = {
    "taskId", "address", "httpAddress", "pollerAutoscaling", "standaloneActivityBatchOperations"}
# What waits in a queue, and three rates.
RATES = re.compile(r"^(\S+ (?:workflow|activity) \d+ \S+) \S+ \S+ \S+$")


def mask(text, ids):
    text = TIME.sub("<time>", text)
    text = UUID.sub(lambda match: ids.setdefault(match[0], f"<id {len(ids) + 1}>"), text)
    text = ADDRESS.sub("<address>", PROCESS.sub("<process>", text))
    return NO_TIME.sub(r"\1<took>", TOOK.sub("<took>", text))


def masked_json(value, ids, ignore):
    if isinstance(value, dict):
        return {
            mask(key, ids): "<opaque>" if key in OPAQUE or key in ignore else masked_json(item, ids, ignore)
            for key, item in sorted(value.items()) if key not in DROPPED}
    if isinstance(value, list):
        # Numbers stand in no order: they are flags that the SDK keeps in a set.
        ordered = sorted(value) if all(isinstance(item, int) for item in value) else value
        return [masked_json(item, ids, ignore) for item in ordered]
    return mask(value, ids) if isinstance(value, str) else value


def json_values(text):
    """The JSON values that a text consists of; None if it does not."""
    decoder, values = json.JSONDecoder(), []
    text = text.strip()
    if not text or text[0] not in "[{":
        return None
    while text:
        try:
            value, end = decoder.raw_decode(text)
        except ValueError:
            return None
        values.append(value)
        text = text[end:].lstrip()
    return values


def masked_line(line, ids):
    # Columns are as wide as what stands in them.
    line = re.sub(r"[ \t]+", " ", mask(line, ids)).strip()
    if "Stack for " in line:
        # The SDK keeps coroutines in a set.
        line = " ".join(sorted(line.replace("\\n", " ").split()))
    name = re.match(r"(\w+)(:?) ", line)
    if name and name[1] in OPAQUE:
        return f"{name[1]}{name[2]} <opaque>"
    line = re.sub(r"^(sdkMetadata\.coreUsedFlags\[\d+\]): \d+$", r"\1: <flag>", line)
    return RATES.sub(r"\1 <rates>", line)


def normalised(text, ignore=()):
    """Lines that are the same for the same answer."""
    ids = {}
    values = json_values(text)
    if values is not None:
        lines = "\n".join(json.dumps(masked_json(value, ids, ignore), indent=1) for value in values).splitlines()
    else:
        lines = [masked_line(line, ids) for line in text.splitlines()]
        lines = [line for line in lines if not set(line) <= {"-", " "} and line.split(":")[0] not in DROPPED]
    return lines
