import LWS
import TransportCore

extension ClientResponse {
    /// Why the body cannot be read: it has a content coding (RFC 9110, section 8.4), though none was asked for. Nil
    /// where it has none.
    var codingFailure: ClosedCause? {
        guard let coding = header("content-encoding")?.lowercased(), !coding.isEmpty, coding != "identity" else {
            return nil
        }
        return .failed(
            "the answer is \(coding) (Content-Encoding), which is not decoded here: have the server, or the proxy in front of it, "
                + "send this path without compression")
    }
}
