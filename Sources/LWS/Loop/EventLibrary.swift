import CLibwebsockets
import CNghttp2
import Glibc

/// What the process needs once, before its first loop.
public enum EventLibrary {
    /// The folder and the name of libwebsockets' libuv plug-in, as Debian installs it.
    public static let plugIn = "libwebsockets-evlib-uv"

    /// Of the libraries, as they report themselves.
    public static var versions: [(library: String, version: String)] {
        [
            // The number alone: a hyphen and the hash of a build follow, of which Debian's has none.
            ("libwebsockets", String(String(cString: lws_get_library_version()).prefix { $0 != "-" })),
            ("libuv", String(cString: uv_version_string())),
            ("OpenSSL", String(cString: OpenSSL_version(OPENSSL_VERSION_STRING))),
            ("nghttp2", String(cString: nghttp2_version(0).pointee.version_str)),
        ]
    }

    private static let once: Void = {
        prepareOpenSSL()
        // A peer that has gone is an error of `send`, not a signal.
        signal(SIGPIPE, SIG_IGN)
        // Fixed, or each large table that grows would leave its old copy in the heap for good.
        mallopt(M_MMAP_THRESHOLD, 128 * 1024)
        tandem_log_level(LLL_ERR) { _, line in
            guard let line, verbose else { return }
            write(STDERR_FILENO, line, strlen(line))
        }
    }()

    /// Whether libwebsockets' own error lines go to standard error: `TANDEM_LWS_LOG=1`.
    private static let verbose = getenv("TANDEM_LWS_LOG") != nil

    static func prepare() { once }

    /// Has OpenSSL free nothing at the process's end: threads that end meanwhile free their part themselves, and it would be freed
    /// twice. Counts only before the process's first use of OpenSSL (`OPENSSL_init_crypto(3)`), keys included.
    public static func prepareOpenSSL() {
        OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
    }

    /// Gives freed memory back to the system. Takes milliseconds: for when many connections have gone.
    public static func releaseFreedMemory() { malloc_trim(0) }

    /// Keeps the plug-in in memory, once a context has loaded it: libwebsockets unloads it with the context, while libuv may
    /// still have closing handles whose callbacks lie in it.
    static func keepPlugIn() {
        _ = dlopen("libwebsockets-evlib_uv.so", RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE)
    }

    /// Has the calling thread's sleeps end within a microsecond: the default slack of 50 us would add to every latency.
    public static func reduceTimerSlack() { tandem_timer_slack(1000) }
}
