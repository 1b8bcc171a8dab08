public import Clocks
import FoundationEssentials
import Glibc
import Synchronization

/// Keys that follow a rotation: a JWKS file that is replaced, or a URL at which a provider publishes.
///
/// `current` answers from memory. A task reads the source at intervals. It reads sooner, at a limited rate, when a
/// token names a key that is not in the set. Where the source cannot be read, the keys stay as they were and
/// `complain` gets a line. A key that cannot be used is reported once for as long as it is in the set.
public final class RotatingKeys: KeySetProvider {
    public struct Settings: Hashable, Sendable {
        /// The time between two reads.
        public var interval: Duration
        /// The minimum time between two reads, whatever keys tokens name.
        public var leastInterval: Duration

        public init(interval: Duration, leastInterval: Duration) {
            self.interval = interval
            self.leastInterval = leastInterval
        }

        /// Checking whether a file has changed costs one look at its status.
        public static let file = Self(interval: .milliseconds(250), leastInterval: .milliseconds(250))
        /// Providers publish a key well before they sign with it.
        public static let address = Self(interval: .seconds(300), leastInterval: .seconds(10))
    }

    /// The state that the task and the callers share.
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

    /// Reads the keys once, and follows the source until the object is released.
    ///
    /// - Parameters:
    ///   - origin: the name of the source in complaints.
    ///   - read: returns the text of the JWKS; nil where it is known to be unchanged.
    ///   - clock: decides when the source is read again.
    ///   - complain: gets one line, without any part of a key.
    /// - Throws: the error of the first read, or `CredentialError` where the source has no usable keys.
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

    /// Follows a file. It must be replaced as a whole (written elsewhere and renamed), so that no half of it is ever
    /// read.
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
                    // Only now, so that a reader of this line knows that the new set is in use.
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
    /// How many keys are named at a time, so that a set of a thousand does not fill the log.
    private static let namedAtOnce = 16

    /// - Parameter before: the keys that were ignored before, which have been named.
    private static func name(
        _ ignored: [IgnoredKey], except before: [IgnoredKey], _ origin: String, _ complain: (String) -> Void
    ) {
        let news = ignored.filter { key in !before.contains(where: key.isSame) }
        for key in news.prefix(namedAtOnce) { complain("\(origin): ignored \(key)") }
        if news.count > namedAtOnce { complain("\(origin): ignored \(news.count - namedAtOnce) keys more") }
    }
}

/// Changes whenever a file is replaced or written.
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
