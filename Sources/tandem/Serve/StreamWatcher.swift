import Clocks
import TransportCore

/// Writes a line to standard output when streams of a server have ended:
/// `{"event":"streams","ended":N,"at":NANOSECONDS}`. The number counts all ended streams; the time is that of the
/// monotonic clock, which all processes of this host share.
struct StreamWatcher: Sendable {
    private let task: Task<Void, Never>

    init(_ server: any RunningServer, every interval: Duration) {
        let clock = MonotonicClock()
        task = Task {
            var told = 0
            while !Task.isCancelled {
                let ended = server.statistics.streamsEnded
                if ended != told {
                    told = ended
                    StandardStreams.output(
                        "{\"event\":\"streams\",\"ended\":\(ended),\"at\":\(clock.now.nanoseconds)}\n")
                }
                try? await Task.sleep(for: interval)
            }
        }
    }

    func cancel() { task.cancel() }
}
