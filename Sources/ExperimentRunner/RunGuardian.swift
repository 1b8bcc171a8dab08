import Glibc

/// A shell that outlives the run only if the run is killed. Then it ends the servers and removes the keys.
///
/// A process that was killed (SIGKILL, out of memory) cannot clean up. The kernel's own way to tell a child of its
/// parent's death (PR_SET_PDEATHSIG) depends on the thread that started it, which may end sooner. The end of a pipe
/// depends on the process.
package final class RunGuardian: Sendable {
    /// The shell reads `watch <pid>` and `leave <pid>` until the end of its input.
    private static let script = """
        watched=
        while read -r verb pid; do
            rest=
            for each in $watched; do [ "$each" = "$pid" ] || rest="$rest $each"; done
            watched=$rest
            [ "$verb" = watch ] && watched="$watched $pid"
        done
        for each in $watched; do kill -KILL "$each"; done
        rm -rf -- "$1"
        """

    private let pid: pid_t
    private let input: Int32

    /// - Parameter folder: removed once the guardian has ended.
    /// - Throws: `childEnded` where the shell cannot be started.
    init(folder: String) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Self.failure(errno) }
        defer { close(ends[0]) }
        // A child that inherits the writing end would keep the guardian waiting. No child is started before this is
        // set.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        for output: Int32 in 1...2 { posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY, 0) }
        // A process group of its own, because Ctrl-C is meant for the run.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        let words: [String] = ["sh", "-c", Self.script, "sh", folder]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        let failure = posix_spawn(&pid, "/bin/sh", &actions, &attributes, &arguments, environ)
        guard failure == 0 else {
            close(ends[1])
            throw Self.failure(failure)
        }
        (self.pid, input) = (pid, ends[1])
    }

    /// From now on, ends this process too if the run is killed.
    package func watch(_ process: Int32) { tell("watch \(process)") }

    /// The process is about to end, or has ended.
    package func leave(_ process: Int32) { tell("leave \(process)") }

    /// Removes the folder and waits for the guardian's end. Call it once.
    func end() {
        close(input)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    }

    private func tell(_ line: String) {
        let line = Array((line + "\n").utf8)
        // Shorter than PIPE_BUF, so it is written as a whole. A missing guardian is no reason to stop measuring.
        _ = line.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
    }

    private static func failure(_ code: Int32) -> TrialError {
        TrialError(.childEnded, "/bin/sh cannot be started: \(String(cString: strerror(code)))")
    }
}
