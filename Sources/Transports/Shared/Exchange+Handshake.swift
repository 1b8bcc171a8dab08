public import LWS
public import TransportCore

/// An auth scheme sees a request's fields as the transport's handshake.
extension Exchange: HandshakeRequest {}
