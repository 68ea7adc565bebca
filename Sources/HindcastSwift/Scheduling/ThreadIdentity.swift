#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A number that no other living thread has; never 0.
func currentThreadIdentity() -> UInt {
  #if canImport(Darwin)
  UInt(bitPattern: pthread_self())
  #elseif canImport(Musl)
  UInt(bitPattern: pthread_self())
  #else
  UInt(pthread_self())
  #endif
}

/// CPU time that a thread has used, in nanoseconds.
///
/// Where the platform does not let one thread ask for another's, it is `nil`, and wall time must do.
func cpuTime(ofThread identity: UInt) -> Int64? {
  #if canImport(Glibc)
  var clock = clockid_t()
  guard pthread_getcpuclockid(pthread_t(identity), &clock) == 0 else { return nil }
  var time = timespec()
  guard clock_gettime(clock, &time) == 0 else { return nil }
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  #else
  return nil
  #endif
}

/// Stops the current thread for good.
func parkForEver() -> Never {
  while true { _ = pause() }
}
