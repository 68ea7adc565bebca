#if GRPC
import Crypto
import Foundation
import SwiftASN1
import X509

/// A certificate authority for one test.
struct TestAuthority {
  /// A certificate and its private key, in PEM.
  struct Issued {
    let certificate: String
    let key: String
  }

  /// The authority's own certificate, in PEM.
  let certificate: String

  private let name: DistinguishedName
  private let key: Certificate.PrivateKey

  init(_ name: String = "Hindcast Test Authority") throws {
    self.name = try DistinguishedName { CommonName(name) }
    key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    certificate = try Self.certificate(
      for: self.name, key: key.publicKey, from: self.name, signedWith: key, until: Self.tomorrow,
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
        Critical(KeyUsage(keyCertSign: true))
      })
  }

  /// Issues a certificate that servers and clients may use.
  ///
  /// - Parameters:
  ///   - hosts: The host names that it is for.
  ///   - addresses: The IPv4 addresses that it is for, four bytes each.
  ///   - end: When it ends.
  func issue(
    to name: String, hosts: [String] = [], addresses: [[UInt8]] = [], until end: Date = tomorrow
  ) throws -> Issued {
    let key = P256.Signing.PrivateKey()
    let names =
      hosts.map(GeneralName.dnsName)
      + addresses.map { .ipAddress(ASN1OctetString(contentBytes: $0[...])) }
    let certificate = try Self.certificate(
      for: try DistinguishedName { CommonName(name) }, key: Certificate.PublicKey(key.publicKey), from: self.name,
      signedWith: self.key, until: end,
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        try ExtendedKeyUsage([.serverAuth, .clientAuth])
        if !names.isEmpty { SubjectAlternativeNames(names) }
      })
    return Issued(certificate: certificate, key: key.pemRepresentation)
  }

  private static func certificate(
    for subject: DistinguishedName, key: Certificate.PublicKey, from issuer: DistinguishedName,
    signedWith issuerKey: Certificate.PrivateKey, until end: Date, extensions: Certificate.Extensions
  ) throws -> String {
    try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key,
      notValidBefore: Date(timeIntervalSinceNow: -172_800), notValidAfter: end, issuer: issuer, subject: subject,
      signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions, issuerPrivateKey: issuerKey
    ).serializeAsPEM().pemString
  }

  static var tomorrow: Date { Date(timeIntervalSinceNow: 86_400) }
  static var yesterday: Date { Date(timeIntervalSinceNow: -86_400) }
}
#endif
