import HindcastCalls
import HindcastWorker
import SwiftProtobuf
import TemporalServiceAPI
import XCTest

final class ServiceErrorTests: XCTestCase {
  func testReadsAsCallCodeAndMessage() {
    XCTAssertEqual(
      "\(ServiceError(.notFound, "Namespace x is not found.", method: "QueryWorkflow"))",
      "QueryWorkflow: NOT_FOUND: Namespace x is not found.")
    XCTAssertEqual("\(ServiceError(.resourceExhausted, ""))", "RESOURCE_EXHAUSTED")
  }

  func testFindsDetailByType() throws {
    var namespace = Temporal_Api_Errordetails_V1_NamespaceNotFoundFailure()
    namespace.namespace = "x"
    let error = ServiceError(
      .notFound, "gone", details: [try Google_Protobuf_Any(message: namespace)])
    XCTAssertEqual(error.detail(Temporal_Api_Errordetails_V1_NamespaceNotFoundFailure.self), namespace)
    XCTAssertNil(error.detail(Temporal_Api_Errordetails_V1_NotFoundFailure.self))
  }

  func testUnreadableDetailIsAsGoodAsAbsent() throws {
    var packed = try Google_Protobuf_Any(message: Temporal_Api_Errordetails_V1_NamespaceNotFoundFailure())
    packed.value = .init([0xFF])
    let error = ServiceError(.notFound, "gone", details: [packed])
    XCTAssertNil(error.detail(Temporal_Api_Errordetails_V1_NamespaceNotFoundFailure.self))
  }
}
