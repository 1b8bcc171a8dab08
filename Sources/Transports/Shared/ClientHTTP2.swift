package import TransportCore

extension TransportCapabilities {
    /// For transports whose measuring client runs on libwebsockets: HTTP/2 over TLS alone.
    package var withHTTP2OverTLSAlone: Self {
        var capabilities = self
        capabilities.speaksUnencryptedHTTP2 = false
        capabilities.limitations.append(
            .init(
                "h2c (HTTP/2 without TLS)",
                because: "it is served, but libwebsockets 4.1's client by prior knowledge was seen to lose answers, so "
                    + "there is nothing sound to measure it with; browsers do not speak it either"))
        return capabilities
    }
}
