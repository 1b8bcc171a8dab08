import Glibc
import Testing

/// A certificate of 127.0.0.1 that the `openssl` command makes, and that goes with this object.
final class SelfSigned {
    let certificate: String
    let key: String
    private let folder: String

    init() throws {
        var template = Array("/tmp/tandem-certificate-XXXXXX".utf8CString)
        folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        certificate = folder + "/server.pem"
        key = folder + "/server.key"
        let arguments =
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost "
            + "-addext subjectAltName=IP:127.0.0.1 -keyout \(key) -out \(certificate)"
        var words = arguments.split(separator: " ").map { strdup(String($0)) } + [nil]
        defer { for word in words { free(word) } }
        var child = pid_t()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        try #require(posix_spawnp(&child, "openssl", &actions, nil, &words, environ) == 0)
        var status: Int32 = 0
        waitpid(child, &status, 0)
        try #require(status == 0, "openssl could not make a certificate")
    }

    deinit {
        unlink(certificate)
        unlink(key)
        rmdir(folder)
    }
}
