import Glibc

/// A thread for work that blocks, so that none of the few that Swift's tasks share has to.
enum BlockingThread {
    static func run<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let start = Unmanaged.passRetained(
                Work { continuation.resume(with: Result { try work() }) })
            var thread = pthread_t()
            let failure = pthread_create(
                &thread, nil,
                { argument in
                    Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().body()
                    return nil
                }, start.toOpaque())
            precondition(failure == 0, "no thread could be made: raise `ulimit -u`")
            pthread_detach(thread)
        }
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
