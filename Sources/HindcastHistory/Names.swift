public import TemporalAPI

// The protobuf messages are the event model. These names only spare the generated prefixes.

/// One event of a workflow history (`temporal.api.history.v1.HistoryEvent`).
public typealias HistoryEvent = Temporal_Api_History_V1_HistoryEvent

/// The attributes of an event: one case for each event type.
public typealias EventAttributes = Temporal_Api_History_V1_HistoryEvent.OneOf_Attributes

/// The kind of an event (`temporal.api.enums.v1.EventType`).
public typealias EventType = Temporal_Api_Enums_V1_EventType

/// A serialised value with its encoding (`temporal.api.common.v1.Payload`).
public typealias Payload = Temporal_Api_Common_V1_Payload

/// A list of serialised values, such as the arguments of an activity (`temporal.api.common.v1.Payloads`).
public typealias Payloads = Temporal_Api_Common_V1_Payloads

/// A failure with its chain of causes (`temporal.api.failure.v1.Failure`).
public typealias Failure = Temporal_Api_Failure_V1_Failure

/// What a worker asks the server to do (`temporal.api.command.v1.Command`).
public typealias Command = Temporal_Api_Command_V1_Command

/// The kind of a command (`temporal.api.enums.v1.CommandType`).
public typealias CommandType = Temporal_Api_Enums_V1_CommandType
