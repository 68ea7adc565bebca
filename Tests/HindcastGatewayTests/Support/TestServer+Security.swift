#if GRPC
import GRPCNIOTransportHTTP2Posix

extension HTTP2ServerTransport.Posix.TransportSecurity {
  /// TLS with a certificate; with an authority, for clients only that it issued a certificate to.
  static func tls(_ identity: TestAuthority.Issued, clientsOf authority: TestAuthority? = nil) -> Self {
    let chain = [TLSConfig.CertificateSource.bytes(Array(identity.certificate.utf8), format: .pem)]
    let key = TLSConfig.PrivateKeySource.bytes(Array(identity.key.utf8), format: .pem)
    guard let authority else { return .tls(certificateChain: chain, privateKey: key) }
    return .mTLS(certificateChain: chain, privateKey: key) {
      $0.trustRoots = .certificates([.bytes(Array(authority.certificate.utf8), format: .pem)])
    }
  }
}
#endif
