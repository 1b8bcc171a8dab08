import FoundationEssentials
import TransportCore

/// A JSON object in which every name stands once.
///
/// `JSONDecoder` keeps the first of several members with one name, while other readers of the same token keep the
/// last: two parties would see two tokens. RFC 7515, section 4, and RFC 7519, section 4, let a reader refuse; we do.
protocol UniqueMembers: Decodable {
    /// How many different names the decoder saw.
    var memberCount: Int { get }
}

extension UniqueMembers {
    /// Nil where the bytes are no JSON object in UTF-8, or where a name stands twice.
    /// - Throws: the `AuthenticationFailure` of the type's own `init(from:)`, which knows more.
    static func decode(json bytes: [UInt8]) throws(AuthenticationFailure) -> Self? {
        guard let members = JSONScan.memberCount(bytes) else { return nil }
        do {
            let value = try JSONDecoder().decode(Self.self, from: Data(bytes))
            return value.memberCount == members ? value : nil
        } catch let failure as AuthenticationFailure {
            throw failure
        } catch {
            return nil
        }
    }
}
