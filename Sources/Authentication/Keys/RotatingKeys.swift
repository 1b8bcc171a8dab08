public import Clocks
import FoundationEssentials
import Glibc
import Synchronization

/// Keys that follow a rotation: a JWKS file that is replaced, or an address at which a provider publishes.
///
/// `current` answers from memory. A task looks at intervals, and sooner, at a bounded rate, when a token names a key that is not
/// there. What cannot be read leaves the keys as they were, and is said to `complain`; only a set that was read whole counts. A key
/// that cannot be used is said once for as long as it stands in the set.
public final class RotatingKeys: KeySetProvider {
    public struct Settings: Hashable, Sendable {
        /// Between two looks.
        public var interval: Duration
        /// The least time between two looks, whatever tokens name.
        public var leastInterval: Duration

        public init(interval: Duration, leastInterval: Duration) {
            self.interval = interval
            self.leastInterval = leastInterval
        }

        /// A file costs a look at its status.
        public static let file = Self(interval: .milliseconds(250), leastInterval: .milliseconds(250))
        /// Providers publish a key well before they sign with it.
        public static let address = Self(interval: .seconds(300), leastInterval: .seconds(10))
    }

    /// What the task and the callers share.
    private final class Current: Sendable {
        struct State {
            var keys: KeySet
            var text: [UInt8]
            var watchers: [@Sendable () -> Void] = []
        }
        let state: Mutex<State>
        let missesKey = Atomic(false)

        init(_ keys: KeySet, _ text: [UInt8]) { state = Mutex(State(keys: keys, text: text)) }

        func replace(_ keys: KeySet, _ text: [UInt8]) {
            let watchers = state.withLock { state in
                state.keys = keys
                state.text = text
                return state.watchers
            }
            for notify in watchers { notify() }
        }
    }

    private let shared: Current
    private let task: Task<Void, Never>

    /// Reads the keys once; they are followed until the object goes.
    ///
    /// - Parameters:
    ///   - origin: how complaints name the place.
    ///   - read: the text of the JWKS, as it is now; nil where it is known to be unchanged.
    ///   - clock: by which looks are due.
    ///   - complain: one line, without any part of a key.
    /// - Throws: what the first reading throws, or `CredentialError` where it holds no usable keys.
    public init(
        origin: String, _ settings: Settings, clock: any TimeSource = MonotonicClock(),
        read: @escaping @Sendable () async throws -> [UInt8]?, complain: @escaping @Sendable (String) -> Void
    ) async throws {
        guard let text = try await read() else {
            throw CredentialError(.unavailable, "\(origin) gave no keys: give the place of a JWKS")
        }
        let keys = try KeySet(jwks: text, origin: origin)
        Self.name(keys.ignored, except: [], origin, complain)
        let shared = Current(keys, text)
        self.shared = shared
        task = Task { await Self.follow(shared, origin, settings, clock, read, complain) }
    }

    /// Follows a file, which must be replaced whole (written elsewhere and renamed) so that no half of it is ever read.
    public convenience init(
        file path: String, _ settings: Settings = .file, complain: @escaping @Sendable (String) -> Void
    ) async throws {
        let seen = Mutex<FileMark?>(nil)
        try await self.init(origin: path, settings) {
            let mark = FileMark(path)
            guard mark == nil || seen.withLock({ $0 != mark }) else { return nil }
            let text = try KeyMaterial.read(path)
            seen.withLock { $0 = mark }
            return text
        } complain: {
            complain($0)
        }
    }

    deinit { task.cancel() }

    public var current: KeySet { shared.state.withLock { $0.keys } }

    public func missesKey() { shared.missesKey.store(true, ordering: .relaxed) }

    public func watchKeys(_ notify: @escaping @Sendable () -> Void) {
        shared.state.withLock { $0.watchers.append(notify) }
    }

    private static func follow(
        _ shared: Current, _ origin: String, _ settings: Settings, _ clock: any TimeSource,
        _ read: @Sendable () async throws -> [UInt8]?, _ complain: @Sendable (String) -> Void
    ) async {
        var last = clock.now
        var lastComplaint = ""
        while (try? await Task.sleep(for: min(settings.leastInterval, .milliseconds(250)))) != nil {
            let due = shared.missesKey.load(ordering: .relaxed) ? settings.leastInterval : settings.interval
            guard clock.now >= last.advanced(by: due) else { continue }
            last = clock.now
            shared.missesKey.store(false, ordering: .relaxed)
            do {
                guard let text = try await read() else { continue }
                let (before, isNew) = shared.state.withLock { ($0.keys, $0.text != text) }
                if isNew {
                    let keys = try KeySet(jwks: text, origin: origin)
                    shared.replace(keys, text)
                    // Only now, so that whoever reads the line knows that the set counts.
                    name(keys.ignored, except: before.ignored, origin, complain)
                }
                lastComplaint = ""
            } catch {
                let complaint = "the keys stay as they were: \(error)"
                if complaint != lastComplaint { complain(complaint) }
                lastComplaint = complaint
            }
        }
    }
}

extension RotatingKeys {
    /// Keys that are named at a time: a set of a thousand is not to fill the log.
    private static let namedAtOnce = 16

    /// - Parameter before: those that were ignored until now, and have been named.
    private static func name(
        _ ignored: [IgnoredKey], except before: [IgnoredKey], _ origin: String, _ complain: (String) -> Void
    ) {
        let news = ignored.filter { key in !before.contains(where: key.isSame) }
        for key in news.prefix(namedAtOnce) { complain("\(origin): ignored \(key)") }
        if news.count > namedAtOnce { complain("\(origin): ignored \(news.count - namedAtOnce) keys more") }
    }
}

/// What changes when a file is replaced or written.
private struct FileMark: Hashable {
    private let inode: UInt
    private let size: Int
    private let seconds: Int
    private let nanoseconds: Int

    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        inode = UInt(status.st_ino)
        size = Int(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }
}
