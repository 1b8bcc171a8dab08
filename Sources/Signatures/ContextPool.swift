import Synchronization

/// The contexts of one key that no thread is using.
///
/// Making a context is expensive: OpenSSL 3 searches for its algorithms, under locks that all threads share. A pool
/// grows to as many contexts as there were threads using the key at once, so with N loops each finds one. The pool's
/// own lock is held for a push or a pop.
final class ContextPool: Sendable {
    private let idle: Mutex<[any SignatureContext]>
    private let make: @Sendable () -> (any SignatureContext)?

    /// - Parameter members: of the lengths that the algorithm requires.
    init(_ algorithm: SignatureAlgorithm, _ members: KeyMembers, for purpose: SignaturePurpose) throws(KeyError) {
        let (make, first) = try ErrorQueue.drained { () throws(KeyError) in
            let make = try Self.maker(algorithm, members, purpose)
            // The first context is made at once, so that a problem with OpenSSL itself shows when the key is read.
            guard let first = make() else { throw .unavailable("context for \(algorithm.rawValue)") }
            return (make, first)
        }
        self.make = make
        idle = Mutex([first])
    }

    /// Nil where a context has to be made and there is no memory for it. Leaves no error in OpenSSL's queue.
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
