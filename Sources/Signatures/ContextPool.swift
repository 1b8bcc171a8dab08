import Synchronization

/// The contexts of one key that no thread uses at the moment.
///
/// To make a context costs OpenSSL 3 a search for its algorithms, under locks that all threads share. A pool has as many as threads
/// have used the key at once, so that with N loops each finds one; its own lock is held for a push or a pop.
final class ContextPool: Sendable {
    private let idle: Mutex<[any SignatureContext]>
    private let make: @Sendable () -> (any SignatureContext)?

    /// - Parameter members: of the right lengths.
    init(_ algorithm: SignatureAlgorithm, _ members: KeyMembers, for purpose: SignaturePurpose) throws(KeyError) {
        let (make, first) = try ErrorQueue.drained { () throws(KeyError) in
            let make = try Self.maker(algorithm, members, purpose)
            // The first is made at once, so that what is amiss with OpenSSL itself is seen when a key is read.
            guard let first = make() else { throw .unavailable("context for \(algorithm.rawValue)") }
            return (make, first)
        }
        self.make = make
        idle = Mutex([first])
    }

    /// Nil where a context is to be made and there is no memory for it. No error is left in OpenSSL's queue.
    func use<Result>(_ body: (any SignatureContext) -> Result) -> Result? {
        ErrorQueue.drained {
            guard let context = idle.withLock({ $0.popLast() }) ?? make() else { return nil }
            defer { idle.withLock { $0.append(context) } }
            return body(context)
        }
    }

    private static func maker(
        _ algorithm: SignatureAlgorithm, _ members: KeyMembers, _ purpose: SignaturePurpose
    ) throws(KeyError) -> @Sendable () -> (any SignatureContext)? {
        switch algorithm {
        case .hs256:
            let secret = members["k"] ?? []
            return { HMACContext(secret: secret) }
        case .es256, .rs256:
            let key = try KeyPair(algorithm, members, for: purpose)
            return { DigestSignature(key, for: purpose) }
        case .eddsa:
            let key = try KeyPair(algorithm, members, for: purpose)
            return { Ed25519Context(key, for: purpose) }
        }
    }
}
