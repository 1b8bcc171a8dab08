import Clocks
import Glibc
import LWS
import Measurement

/// How quiet the machine is. On a noisy one, small differences cannot be seen.
struct NoiseChecks {
    var findings: [DoctorFinding] {
        get async { [processors, await load, governor, timers] }
    }

    private var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    private var processors: DoctorFinding {
        guard processorCount >= 2 else {
            return DoctorFinding(
                "processors", .warning, "1: server and load generator take turns on it",
                advice: "measure on a machine with two or more")
        }
        return DoctorFinding("processors", .good, "\(processorCount)")
    }

    /// The share of the processors' time from which other processes disturb: a fifth is most of one processor of
    /// four.
    private static let disturbingFraction = 0.2

    /// The share of the processors' time that other processes use, over half a second. The system's average over a
    /// minute would include those that have ended. Nil where `/proc/stat` does not have it.
    private static var usedByOthers: Double? {
        get async {
            let before = try? ProcessorTime.read()
            try? await Task.sleep(for: .milliseconds(500))
            return before.flatMap { before in (try? ProcessorTime.read())?.busyFraction(since: before) }
        }
    }

    /// Why figures may be noisy, with what to do; nil where no reason is known.
    static var warning: String? {
        get async { await usedByOthers.flatMap { $0 < disturbingFraction ? nil : "\(text($0)); \(advice)" } }
    }

    private static func text(_ fraction: Double) -> String {
        "others use \(LoadSummary.decimals(fraction * 100, 0)) % of the processors"
    }

    private static let advice = "end what else is running, or wait: it takes part in every latency"

    private var load: DoctorFinding {
        get async {
            guard let fraction = await Self.usedByOthers else {
                return DoctorFinding(
                    "load", .warning, "/proc/stat does not tell of the processors of this process",
                    advice: "measure where it does, or see to it that nothing else runs")
            }
            guard fraction < Self.disturbingFraction else {
                return DoctorFinding("load", .warning, Self.text(fraction), advice: Self.advice)
            }
            return DoctorFinding("load", .good, Self.text(fraction))
        }
    }

    private var governor: DoctorFinding {
        guard let name = LimitChecks.firstLine("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor") else {
            return DoctorFinding("governor", .good, "not shown, as in most virtual machines")
        }
        guard name == "performance" else {
            return DoctorFinding(
                "governor", .warning, "\(name): the clock rate follows the load",
                advice: "fix it while measuring: cpupower frequency-set -g performance")
        }
        return DoctorFinding("governor", .good, name)
    }

    /// How late short sleeps end, which limits the precision of an open-loop publisher.
    private var timers: DoctorFinding {
        EventLibrary.reduceTimerSlack()
        let clock = MonotonicClock()
        var lateness: [Int64] = []
        for _ in 0..<200 {
            let due = clock.now.nanoseconds + 1_000_000
            var until = timespec(tv_sec: Int(due / 1_000_000_000), tv_nsec: Int(due % 1_000_000_000))
            clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nil)
            lateness.append(clock.now.nanoseconds - due)
        }
        lateness.sort()
        let p99 = lateness[lateness.count * 99 / 100]
        let found =
            "sleeps of 1 ms end \(LoadSummary.duration(lateness[lateness.count / 2])) late at the median, "
            + "\(LoadSummary.duration(p99)) at the 99th percentile"
        guard p99 < 2_000_000 else {
            return DoctorFinding(
                "timers", .warning, found, advice: "the machine is busy or shared: compare ratios, not absolute figures"
            )
        }
        return DoctorFinding("timers", .good, found)
    }
}
