import Authentication
import Clocks
import Foundation
import OrderUpdates
import Synchronization
import Testing
import TransportCore

/// The file of a revocation list, on disks that are full, slow, failing, or were cut off.
@Suite struct RevocationJournalTests {
    private let clock = ManualClock()
    private let now = TokenBench.now

    private func covers(_ list: RevocationList, id: CredentialID? = nil, subject: Subject = "nobody") -> Bool {
        let gate = AuthGate([], verifier: nil, revocations: list, clock: clock)
        let credential = CredentialIdentity(id: id, issuedAt: now)
        return gate.status(of: Principal(subject: subject, scopes: [], credential: credential)) == .withdrawn
    }

    private func content(of path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @Test("A revocation is in force at once, and acknowledged when the disk has it")
    func acknowledgesWhatIsDurable() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("revocations.jsonl")
        let disk = ScriptedDisk()
        let list = try RevocationList(file: path, clock: clock, calls: disk.calls)
        let acknowledged = Mutex(false)
        let failure: CredentialError? = await withCheckedContinuation { continuation in
            disk.gate.withLock { _ in
                list.revoke(.token(id: "a", expires: nil)) { failure in
                    acknowledged.withLock { $0 = true }
                    continuation.resume(returning: failure)
                }
                // The disk waits: nobody has been told, and the credential is withdrawn all the same.
                #expect(covers(list, id: "a"))
                #expect(!acknowledged.withLock { $0 })
            }
        }
        #expect(failure == nil)
        #expect(disk.asked.suffix(2) == ["write 16 of 16", "synchronise"])
        #expect(try content(of: path) == "{\"tokenId\":\"a\"}\n")
    }

    @Test("What comes while the disk is busy is written and synchronised together")
    func groups() async throws {
        let folder = try TemporaryDirectory()
        let disk = ScriptedDisk()
        let list = try RevocationList(file: folder.file("revocations.jsonl"), clock: clock, calls: disk.calls)
        let before = disk.asked.count
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let left = Mutex(50)
            disk.gate.withLock { _ in
                for number in 0..<50 {
                    list.revoke(.token(id: CredentialID("token-\(number)"), expires: nil)) { failure in
                        #expect(failure == nil)
                        let isLast = left.withLock { left in
                            left -= 1
                            return left == 0
                        }
                        if isLast { continuation.resume() }
                    }
                }
            }
        }
        // The first group has what came before the thread looked, the second the rest.
        #expect(disk.asked.dropFirst(before).count { $0 == "synchronise" } <= 2)
    }

    @Test("A line that does not fit is taken back whole, and those after it are found again")
    func takesBackWhatDoesNotFit() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("revocations.jsonl")
        let disk = ScriptedDisk()
        do {
            let list = try RevocationList(file: path, clock: clock, calls: disk.calls)
            try await list.revoke(.token(id: "a", expires: nil))
            disk.set { $0.room = 7 }
            let error = await #expect(throws: CredentialError.self) {
                try await list.revoke(.token(id: "b", expires: nil))
            }
            #expect(error?.message.contains("No space left") == true)
            #expect(error?.message.contains("in force until this process ends; make room") == true)
            #expect(covers(list, id: "b"), "in force all the same")
            #expect(disk.asked.suffix(2) == ["write 7 of 16", "write 0 of 9"])
            #expect(try content(of: path) == "{\"tokenId\":\"a\"}\n", "no half of a line stays")
            disk.set { $0.room = .max }
            try await list.revoke(.token(id: "c", expires: nil))
        }
        let list = try RevocationList(file: path, clock: clock)
        #expect(covers(list, id: "a") && covers(list, id: "c") && !covers(list, id: "b"))
    }

    /// A list whose disk fails to synchronise once. fsync(2): a later one may succeed, and say nothing of what was lost.
    private func failingList(in folder: TemporaryDirectory, _ disk: ScriptedDisk) throws -> RevocationList {
        let list = try RevocationList(file: folder.file("revocations.jsonl"), clock: clock, calls: disk.calls)
        disk.set { $0.failures = 1 }
        return list
    }

    @Test("After the disk has failed to synchronise, nothing more is acknowledged")
    func neverTrustsAFailedDisk() async throws {
        let folder = try TemporaryDirectory()
        let disk = ScriptedDisk()
        let list = try failingList(in: folder, disk)
        for id in ["a", "b"] as [CredentialID] {
            let error = await #expect(throws: CredentialError.self) {
                try await list.revoke(.token(id: id, expires: nil))
            }
            #expect(error?.message.contains("cannot be synchronised (Input/output error)") == true)
            #expect(covers(list, id: id))
        }
    }

    @Test("What waits while the disk fails to synchronise is not acknowledged either")
    func failsWhatWaits() async throws {
        let folder = try TemporaryDirectory()
        let disk = ScriptedDisk()
        let list = try failingList(in: folder, disk)
        let before = disk.asked.count
        let failures: [CredentialError?] = await withCheckedContinuation { continuation in
            let answers = Mutex<[CredentialError?]>([])
            let acknowledge: @Sendable (CredentialError?) -> Void = { failure in
                let both: [CredentialError?]? = answers.withLock { answers in
                    answers.append(failure)
                    return answers.count == 2 ? answers : nil
                }
                if let both { continuation.resume(returning: both) }
            }
            disk.gate.withLock { _ in
                list.revoke(.token(id: "a", expires: nil), acknowledge)
                // The thread has written the first, and waits for the disk.
                while disk.asked.count == before { sched_yield() }
                list.revoke(.token(id: "b", expires: nil), acknowledge)
            }
        }
        #expect(failures.count == 2 && failures.allSatisfy { $0 != nil })
    }

    @Test("A short write is continued")
    func continuesAShortWrite() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("revocations.jsonl")
        // Not a full disk: a signal, or a limit that was raised meanwhile.
        let calls = AppendCalls(write: { write($0, $1.baseAddress, min(3, $1.count)) }, synchronise: { fsync($0) })
        let list = try RevocationList(file: path, clock: clock, calls: calls)
        try await list.revoke(.token(id: "a", expires: nil))
        #expect(try content(of: path) == "{\"tokenId\":\"a\"}\n")
    }

    @Test("Wherever a crash cut the last line, the server starts with the whole ones, and says what it removed")
    func removesATornTail() async throws {
        let folder = try TemporaryDirectory()
        let whole = "{\"tokenId\":\"a\"}\n{\"issuedThrough\":\(now),\"subject\":\"bob\"}\n"
        let last = "{\"expires\":\(now + 60),\"tokenId\":\"c\"}"
        for length in 1..<last.utf8.count {
            let path = try folder.write(whole + last.prefix(length), to: "revocations.jsonl", mode: 0o600)
            let said = Mutex<[String]>([])
            do {
                let list = try RevocationList(file: path, clock: clock) { line in said.withLock { $0.append(line) } }
                #expect(covers(list, id: "a") && covers(list, subject: "bob") && !covers(list, id: "c"))
                #expect(try content(of: path) == whole)
                #expect(said.withLock { $0.count } == 1)
                #expect(said.withLock { $0[0].contains("last \(length) bytes were removed") })
                try await list.revoke(.token(id: "d", expires: nil))
            }
            #expect(try content(of: path) == whole + "{\"tokenId\":\"d\"}\n")
        }
        // Room that the file system gave to a line, and nothing in it, or not all of it.
        for tail in ["\0\0\0\0", "{\"tokenId\":\"d\0\0"] {
            let path = try folder.write(whole + tail, to: "revocations.jsonl", mode: 0o600)
            _ = try RevocationList(file: path, clock: clock)
            #expect(try content(of: path) == whole)
        }
    }

    private static let longID = String(repeating: "i", count: 10_000)

    @Test(
        "A line that another process left unfinished does not spoil those that follow: one that is whole is kept",
        arguments: [
            ("{\"tokenId\":\"hal", ""), ("{\"tokenId\":\"half\"", ""), ("\0\0", ""),
            ("{\"tokenId\":\"half\"}", "{\"tokenId\":\"half\"}\n"),
            // Longer than what is read at once.
            ("{\"tokenId\":\"\(longID)", ""), ("{\"tokenId\":\"\(longID)\"}", "{\"tokenId\":\"\(longID)\"}\n"),
            // What an editor broke is left for the next start to name.
            ("tokenId: half", "tokenId: half\n"),
            ("{\"tokenId\":\"a\",\"tokenId\":\"b\"}", "{\"tokenId\":\"a\",\"tokenId\":\"b\"}\n"),
        ])
    func outlivesAnotherProcess(tail: String, kept: String) async throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("revocations.jsonl")
        let list = try RevocationList(file: path, clock: clock)
        try await list.revoke(.token(id: "a", expires: nil))
        let other = try #require(FileHandle(forWritingAtPath: path))
        try other.seekToEnd()
        try other.write(contentsOf: Data(tail.utf8))
        try other.close()
        try await list.revoke(.token(id: "b", expires: nil))
        #expect(try content(of: path) == "{\"tokenId\":\"a\"}\n\(kept){\"tokenId\":\"b\"}\n")
    }

    @Test("A file of an earlier version is read byte for byte: names that are equal as text stay apart")
    func readsNamesByteForByte() throws {
        let folder = try TemporaryDirectory()
        // As written before identities were bytes; JSON's escapes and raw UTF-8 mean the same.
        let text = """
            {"issuedThrough":\(now),"subject":"Kate"}
            {"issuedThrough":\(now),"subject":"jose\u{301}"}
            {"issuedThrough":\(now),"subject":"\\u1100\\u1161\\u11a8"}
            {"tokenId":"\u{212B}"}

            """
        let path = try folder.write(text, to: "revocations.jsonl", mode: 0o600)
        let list = try RevocationList(file: path, clock: clock)
        #expect(covers(list, subject: "Kate") && !covers(list, subject: "\u{212A}ate"))
        #expect(covers(list, subject: "jose\u{301}") && !covers(list, subject: "jos\u{E9}"))
        #expect(covers(list, subject: "\u{1100}\u{1161}\u{11A8}") && !covers(list, subject: "\u{AC01}"))
        #expect(covers(list, id: "\u{212B}") && !covers(list, id: "\u{C5}"))
        #expect(try content(of: path) == text, "nothing was taken for something said twice")
    }
}
