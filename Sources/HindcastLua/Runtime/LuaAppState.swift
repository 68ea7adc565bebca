import HindcastHTTP
import HindcastRegistry
import Synchronization

/// What all activities of an app share while it runs: its entries, its environment, what its stores hold.
final class LuaAppState: Sendable {
  /// The app's entries, in their order.
  let entries: [RegistryEntry]
  private let environment: Mutex<EnvironmentResolver>
  private let world = Mutex(World())
  private let stores = Mutex<[String: MemoryStore]>([:])

  init(entries: [RegistryEntry] = [], environment: EnvironmentResolver = .empty) {
    self.entries = entries
    self.environment = Mutex(environment)
  }

  func entry(_ id: EntryID) -> RegistryEntry? { entries.first { $0.id == id } }

  /// What activities get of the world where their context says nothing.
  struct World {
    var http: (any HTTPExchange)?
    var metrics: (@Sendable (LuaMetric) -> Void)?
  }

  var http: (any HTTPExchange)? { world.withLock { $0.http } }
  var metrics: (@Sendable (LuaMetric) -> Void)? { world.withLock { $0.metrics } }

  func set(_ world: World) { self.world.withLock { $0 = world } }

  func withEnvironment<Value>(
    _ body: (inout EnvironmentResolver) throws(EnvironmentError) -> Value
  ) throws(EnvironmentError) -> Value {
    // The lock's own closure cannot throw a typed error through a result that is no `Sendable` value.
    let result = environment.withLock { environment -> Result<Value, EnvironmentError> in
      do throws(EnvironmentError) {
        return .success(try body(&environment))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// Reads or changes what a store holds.
  func withStore<Value>(_ id: String, _ body: (inout MemoryStore) -> Value) -> Value {
    stores.withLock { body(&$0[id, default: MemoryStore()]) }
  }
}
