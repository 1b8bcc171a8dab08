import CLibwebsockets
import CNghttp2
import Glibc

/// Initialises the process once, before its first loop.
public enum EventLibrary {
    /// The name of libwebsockets' libuv plug-in, as Debian installs it.
    public static let plugIn = "libwebsockets-evlib-uv"

    /// The versions that the libraries report.
    public static var versions: [(library: String, version: String)] {
        [
            // Only the number. Some builds append a hyphen and a hash.
            ("libwebsockets", String(String(cString: lws_get_library_version()).prefix { $0 != "-" })),
            ("libuv", String(cString: uv_version_string())),
            ("OpenSSL", String(cString: OpenSSL_version(OPENSSL_VERSION_STRING))),
            ("nghttp2", String(cString: nghttp2_version(0).pointee.version_str)),
        ]
    }

    private static let once: Void = {
        prepareOpenSSL()
        // Writing to a peer that has gone is an error of `send`, and not a signal.
        signal(SIGPIPE, SIG_IGN)
        // Fixed, because otherwise the old copy of each large table that grows would stay in the heap for good.
        mallopt(M_MMAP_THRESHOLD, 128 * 1024)
        tandem_log_level(LLL_ERR) { _, line in
            guard let line, verbose else { return }
            write(STDERR_FILENO, line, strlen(line))
        }
    }()

    /// Whether libwebsockets' own error messages go to standard error: `TANDEM_LWS_LOG=1`.
    private static let verbose = getenv("TANDEM_LWS_LOG") != nil

    static func prepare() { once }

    /// Prevents OpenSSL from freeing its memory when the process ends: threads that end at the same time free their
    /// own part, which would then be freed twice. It must be called before the first use of OpenSSL
    /// (`OPENSSL_init_crypto(3)`), including keys.
    public static func prepareOpenSSL() {
        OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
    }

    /// Returns freed memory to the system. It takes milliseconds, so call it after many connections have ended.
    public static func releaseFreedMemory() { malloc_trim(0) }

    /// Keeps the plug-in in memory once a context has loaded it. libwebsockets unloads it with the context, but libuv
    /// may still have closing handles whose callbacks are in it.
    static func keepPlugIn() {
        _ = dlopen("libwebsockets-evlib_uv.so", RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE)
    }

    /// Sets the timer slack of the calling thread to a microsecond. The default of 50 us would add to every latency.
    public static func reduceTimerSlack() { tandem_timer_slack(1000) }
}
