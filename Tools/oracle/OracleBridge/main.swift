import Foundation
import HindcastCalls
import HindcastServer
import HindcastService
import SwiftProtobuf
import TemporalAPI

// Serves a TemporalService on standard input and output, for Tools/oracle/front.py, which speaks gRPC.
//
// A frame in: length (4 bytes, big endian, of what follows), call (8), kind (1: a call, 2: its caller is gone), timeout in
// milliseconds (4), length of the method (2) and the method (service/name), length of the client's name (2) and the name,
// the request. A frame out: length, call, gRPC status code (4), the response or a google.rpc.Status.
//
// Arguments set limits: historyEvents=60. Before a scenario ends the runs that it leaves, and when asked with the method
// hindcast.Bridge/RebuildDifferences, runs are rebuilt from their histories and compared with the live ones.

struct FrameReader {
  private var rest: Data

  init(_ data: Data) { rest = data }

  mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type) -> Value {
    let size = Value.bitWidth / 8
    let value = rest.prefix(size).reduce(Value.zero) { $0 << 8 | Value($1) }
    rest = rest.dropFirst(size)
    return value
  }

  mutating func text() -> String {
    let length = Int(integer(UInt16.self))
    defer { rest = rest.dropFirst(length) }
    return String(decoding: rest.prefix(length), as: UTF8.self)
  }

  var remaining: Data { Data(rest) }
}

actor Output {
  func write(call: UInt64, code: Int, _ body: Data) {
    var frame = Data()
    func append<Value: FixedWidthInteger>(_ value: Value) {
      withUnsafeBytes(of: value.bigEndian) { frame.append(contentsOf: $0) }
    }
    append(UInt32(body.count + 12))
    append(call)
    append(UInt32(code))
    frame.append(body)
    FileHandle.standardOutput.write(frame)
  }
}

actor Calls {
  private var tasks: [UInt64: Task<Void, Never>] = [:]

  func add(_ task: Task<Void, Never>, _ call: UInt64) { tasks[call] = task }
  func remove(_ call: UInt64) { tasks[call] = nil }
  func cancel(_ call: UInt64) { tasks.removeValue(forKey: call)?.cancel() }
}

func answer(_ method: MethodName, _ body: Data, _ timeout: Duration, _ client: String) async -> (code: Int, body: Data)
{
  do {
    if method.service == "hindcast.Bridge" { return (0, await rebuilds.report(of: service)) }
    if method.name == "TerminateWorkflowExecution" { await rebuilds.check(service, onlyRunning: true) }
    let request = try TemporalService.request(of: method, from: body)
    let response = try await service.call(method, request, timeout: timeout, clientName: client)
    return (0, try response.serializedData())
  } catch let error as ServiceError {
    // google.rpc.Status: 1 code, 2 message, 3 details.
    var status = Data()
    func field(_ number: UInt8, _ bytes: Data) {
      status.append(number << 3 | 2)
      var length = bytes.count
      while length > 127 {
        status.append(UInt8(length & 127 | 128))
        length >>= 7
      }
      status.append(UInt8(length))
      status.append(bytes)
    }
    status.append(contentsOf: [1 << 3, UInt8(error.code.rawValue)])
    field(2, Data(error.message.utf8))
    for detail in error.details { field(3, (try? detail.serializedData()) ?? Data()) }
    return (error.code.rawValue, status)
  } catch {
    return (1, Data())
  }
}

var configuration = ServiceConfiguration()
configuration.limits = try Limits(settings: Array(CommandLine.arguments.dropFirst()))
let service = try TemporalService(configuration)
let rebuilds = Rebuilds()
let output = Output()
let calls = Calls()
let input = FileHandle.standardInput

func read(_ count: Int) -> Data? {
  var data = Data()
  while data.count < count {
    guard let more = try? input.read(upToCount: count - data.count), !more.isEmpty else { return nil }
    data.append(more)
  }
  return data
}

let reader = Thread {
  while let head = read(4) {
    var length = FrameReader(head)
    guard let data = read(Int(length.integer(UInt32.self))) else { break }
    var frame = FrameReader(data)
    let call = frame.integer(UInt64.self)
    let kind = frame.integer(UInt8.self)
    if kind == 2 {
      Task { await calls.cancel(call) }
      continue
    }
    let timeout = Duration.milliseconds(frame.integer(UInt32.self))
    let parts = frame.text().split(separator: "/").map(String.init)
    let client = frame.text()
    let body = frame.remaining
    let method = MethodName(service: parts.first ?? "", name: parts.last ?? "")
    let work = Task {
      let answer = await answer(method, body, timeout, client)
      await calls.remove(call)
      await output.write(call: call, code: answer.code, answer.body)
    }
    Task { await calls.add(work, call) }
  }
  exit(0)
}
reader.start()
while true { try await Task.sleep(for: .seconds(3_600)) }
