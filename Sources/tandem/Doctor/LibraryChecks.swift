import LWS

/// The libraries that the server needs, and their plug-in.
struct LibraryChecks {
    var findings: [DoctorFinding] { [versions, eventLoop] }

    private var versions: DoctorFinding {
        DoctorFinding(
            "libraries", .good,
            EventLibrary.versions.map { "\($0.library) \($0.version)" }.joined(separator: ", "))
    }

    /// The plug-in is opened when a loop starts. Only starting one shows whether it exists and fits.
    private var eventLoop: DoctorFinding {
        do {
            let loop = try EventLoop(name: "doctor") { _ in }
            loop.stop()
            return DoctorFinding("event loop", .good, "libwebsockets runs on libuv")
        } catch {
            return DoctorFinding(
                "event loop", .problem, String(describing: error),
                advice: "install the plug-in: sudo apt-get install \(EventLibrary.plugIn)")
        }
    }
}
