public import HindcastHistory
private import SwiftProtobuf
public import TemporalAPI

/// Activities that can be run: the functions of an app, or a table of Swift closures.
public protocol ActivityCode: Sendable {
  /// The activity types that the code defines, sorted.
  var activityTypes: [String] { get }

  /// Runs an activity and gives its result.
  ///
  /// The call has a thread of its own, which it may block for as long as it likes. It should look at
  /// ``ActivityContext/cancellation`` now and then when it takes long.
  ///
  /// - Parameter activity: What was asked for, of a type in ``activityTypes``.
  /// - Returns: The result; `nil` for none.
  /// - Throws: ``ActivityError``.
  func run(_ activity: ActivityContext) throws(ActivityError) -> Payloads?
}

/// How an activity ends that does not succeed.
public enum ActivityError: Error, Sendable {
  /// It failed. The server tries again unless the failure or the retry policy says otherwise.
  case failed(Failure)
  /// It stopped because it was asked to. Without a request it counts as a failure.
  case canceled(details: Payloads?)
}

/// Activities as Swift closures.
public struct ActivityTable: ActivityCode {
  /// One activity. An error that is no ``ActivityError`` becomes a failure of its type's name.
  public typealias Body = @Sendable (ActivityContext) throws -> Payloads?

  private let bodies: [String: Body]

  /// Makes a table of activities by their types.
  public init(_ bodies: [String: Body]) {
    self.bodies = bodies
  }

  /// The types, sorted.
  public var activityTypes: [String] { bodies.keys.sorted() }

  /// Runs the closure of the type.
  public func run(_ activity: ActivityContext) throws(ActivityError) -> Payloads? {
    guard let body = bodies[activity.info.type] else {
      throw .failed(.activityNotRegistered(activity.info.type, supported: activityTypes))
    }
    do {
      return try body(activity)
    } catch let error as ActivityError {
      throw error
    } catch {
      throw .failed(
        .with {
          $0.message = "\(error)"
          $0.source = "hindcast"
          $0.applicationFailureInfo.type = "\(Swift.type(of: error))"
        })
    }
  }
}

extension Temporal_Api_Failure_V1_Failure {
  /// What a Go worker answers for an activity type that it does not know; workflows tell it by its type
  /// (spec/wippy.md 9.4).
  public static func activityNotRegistered(_ type: String, supported: [String]) -> Self {
    .with {
      $0.message =
        "unable to find activityType=\(type). Supported types: [\(supported.joined(separator: ", "))]"
      $0.source = "GoSDK"
      $0.applicationFailureInfo.type = "ActivityNotRegisteredError"
    }
  }
}
