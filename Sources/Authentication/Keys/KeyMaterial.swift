import FoundationEssentials
import OrderUpdates
import TransportCore

/// Keys as they were read, each with its index for errors, before they are checked.
struct KeyMaterial {
    let origin: String
    /// The keys for signatures; never empty.
    let keys: [(index: Int, key: JSONWebKey)]
    /// Whether any key is secret, including those that are not for signatures.
    private let hasSecret: Bool

    /// Reads and decodes the keys.
    /// - Throws: `CredentialError`; also where users other than the owner may read a file with secrets.
    init(
        _ source: KeySource, environment: [String: String]
    ) throws(CredentialError) {
        switch source {
        case .file(let path):
            try self.init(jwks: Self.read(path), origin: path)
        case .environment(let name):
            guard let text = environment[name], !text.isEmpty else {
                throw CredentialError(
                    .unavailable, "the environment variable \(name) is not set: put the text of a JWKS file into it")
            }
            try self.init(jwks: Array(text.utf8), origin: source.description)
        }
    }

    /// The text of a JWKS file.
    /// - Throws: `CredentialError`; also where it contains secrets and users other than the owner may read it.
    static func read(_ path: String) throws(CredentialError) -> [UInt8] {
        let file = try KeyFile.read(path)
        if file.isShared, try Self(jwks: file.bytes, origin: path).hasSecret {
            throw CredentialError(
                .permissions,
                "\(path) holds a secret key and others than its owner may read it: run `chmod 600 \(path)`")
        }
        return file.bytes
    }

    /// - Parameter origin: the name of the source in errors.
    init(jwks bytes: [UInt8], origin: String) throws(CredentialError) {
        // Some providers send a byte order mark, which a reader may ignore (RFC 8259, section 8.1).
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        if let fault = StrictJSON.fault(in: text) {
            throw CredentialError(.malformed, "\(origin) is not a JWKS file: \(fault)")
        }
        let set: JSONWebKeySet
        do {
            set = try JSONDecoder().decode(JSONWebKeySet.self, from: Data(text))
        } catch {
            throw CredentialError(.malformed, "\(origin) is not a JWKS file: \(Self.explain(error))")
        }
        self.origin = origin
        hasSecret = set.keys.contains(where: \.isSecret)
        keys = set.keys.enumerated().filter { $0.element.isForSignatures }.map { (index: $0.offset, key: $0.element) }
        guard !keys.isEmpty else {
            throw CredentialError(
                .malformed,
                "\(origin) has no key for signatures: add one, or make a development key with `tandem token`")
        }
    }

    /// The error for a key that is rejected, with its index.
    func error(_ rejection: JSONWebKey.Rejection, at index: Int) -> CredentialError {
        CredentialError(rejection.code, "\(origin): keys[\(index)]: \(rejection.message)")
    }

    /// The error where no key can be used.
    /// - Parameter rejections: not empty.
    func error(_ rejections: [(index: Int, rejection: JSONWebKey.Rejection)]) -> CredentialError {
        let first = error(rejections[0].rejection, at: rejections[0].index)
        guard rejections.count > 1 else { return first }
        let named = rejections.prefix(4).map { "keys[\($0.index)]: \($0.rejection.message)" }.joined(separator: "; ")
        let rest = rejections.count > 4 ? "; and \(rejections.count - 4) more" : ""
        return CredentialError(first.code, "\(origin) has no key that can be used: \(named)\(rest)")
    }

    /// Checks that each `kid` names one key only.
    /// - Parameter used: the keys that are used.
    func checkNames(of used: [(index: Int, key: JSONWebKey)]) throws(CredentialError) {
        var first: [KeyID: Int] = [:]
        for (index, key) in used {
            guard let kid = key.kid else {
                guard used.count == 1 else {
                    throw CredentialError(
                        .ambiguous, "\(origin): keys[\(index)]: kid is missing: name each key of a set that has several"
                    )
                }
                continue
            }
            if let other = first.updateValue(index, forKey: kid) {
                throw CredentialError(
                    .ambiguous,
                    "\(origin): keys[\(index)]: kid is that of keys[\(other)]: give each key a name of its own")
            }
        }
    }

    /// Explains a decoding error without the values, which may be secret.
    private static func explain(_ error: any Error) -> String {
        let shape = "it should be {\"keys\": [{\"kty\": ...}, ...]}"
        func place(_ path: [any CodingKey]) -> String {
            let text = path.reduce(into: "") { text, key in
                if let index = key.intValue {
                    text += "[\(index)]"
                } else {
                    text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
                }
            }
            return text.isEmpty ? "the whole" : text
        }
        switch error as? DecodingError {
        case .keyNotFound(let key, let context):
            return "\(place(context.codingPath + [key])) is missing; \(shape)"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "\(place(context.codingPath)) is of the wrong type; \(shape)"
        default:
            return "it is not JSON; \(shape)"
        }
    }
}
