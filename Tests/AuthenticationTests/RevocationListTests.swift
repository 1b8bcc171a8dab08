import Authentication
import Clocks
import Foundation
import Glibc
import OrderUpdates
import Testing
import TransportCore

@Suite struct RevocationListTests {
    private let clock = ManualClock()
    private let now = TokenBench.now

    /// Whether the list covers a token of this id and subject.
    private func covers(
        _ list: RevocationList, id: CredentialID? = nil, subject: Subject = "alice", issuedAt: Int64? = nil
    )
        -> Bool
    {
        let gate = AuthGate([], verifier: nil, revocations: list, clock: clock)
        let credential = CredentialIdentity(id: id, issuedAt: issuedAt)
        return gate.status(of: Principal(subject: subject, scopes: [], credential: credential)) == .withdrawn
    }

    @Test("A revocation covers the token or the subject that it names, and no other")
    func coversWhatItNames() async throws {
        let list = try RevocationList(clock: clock)
        #expect(!covers(list, id: "a", issuedAt: now))
        try await list.revoke(.token(id: "a", expires: now + 60))
        #expect(covers(list, id: "a") && !covers(list, id: "A") && !covers(list, id: "") && !covers(list))
        try await list.revoke(.subject("alice", issuedThrough: now))
        #expect(covers(list, issuedAt: now) && covers(list, issuedAt: now - 1) && covers(list))
        #expect(!covers(list, issuedAt: now + 1) && !covers(list, subject: "bob"))
        // An earlier revocation does not take back a later one.
        try await list.revoke(.subject("alice", issuedThrough: now - 10))
        #expect(covers(list, issuedAt: now))
    }

    @Test("A full list refuses more, and makes room only once a token has long expired") func isBounded() async throws {
        let list = try RevocationList(limit: 3, clock: clock)
        try await list.revoke(.token(id: "short", expires: now + 60))
        try await list.revoke(.token(id: "long", expires: now + 100_000))
        try await list.revoke(.subject("bob", issuedThrough: now))
        let error = await #expect(throws: CredentialError.self) {
            try await list.revoke(.token(id: "more", expires: nil))
        }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("full (3)") == true)
        #expect(covers(list, id: "short") && covers(list, id: "long") && !covers(list, id: "more"), "none was dropped")
        // A verifier whose clock is set to be a day off takes a token until a day after its end.
        clock.advance(by: .seconds(60 + 86_400))
        await #expect(throws: CredentialError.self) { try await list.revoke(.token(id: "more", expires: nil)) }
        #expect(covers(list, id: "short"))
        clock.advance(by: .seconds(1))
        try await list.revoke(.token(id: "more", expires: nil))
        #expect(covers(list, id: "more") && covers(list, id: "long") && !covers(list, id: "short"))
        #expect(covers(list, subject: "bob", issuedAt: now))
    }

    @Test("A revocation that finds the list full is answered with 503 and what to do instead")
    func aFullListIsAnAnswer() throws {
        let gate = AuthGate([], verifier: nil, revocations: try RevocationList(limit: 1, clock: clock), clock: clock)
        let operatorPrincipal = Principal(subject: "operator", scopes: [.revoke])
        #expect(try gate.call(.post, "/revocations", as: operatorPrincipal, body: #"{"tokenId":"a"}"#).status == 204)
        let answer = try gate.call(.post, "/revocations", as: operatorPrincipal, body: #"{"tokenId":"b"}"#)
        #expect(answer.status == 503 && answer.detail.contains("remove the signing key"))
        #expect(answer.header("retry-after") != nil)
    }

    // MARK: The journal

    @Test("Revocations survive a restart") func survivesARestart() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("revocations.jsonl")
        do {
            let list = try RevocationList(file: path, clock: clock)
            try await list.revoke(.token(id: "a\"\n\u{2028}", expires: nil))
            try await list.revoke(.token(id: "b", expires: now + 60))
            try await list.revoke(.subject("alice", issuedThrough: now))
            #expect(try folder.mode(of: path) == 0o600)
        }
        for _ in 0..<2 {
            let list = try RevocationList(file: path, clock: clock)
            #expect(covers(list, id: "a\"\n\u{2028}", subject: "x") && covers(list, id: "b", subject: "x"))
            #expect(covers(list, issuedAt: now) && !covers(list, issuedAt: now + 1))
        }
        #expect(try lines(of: path).count == 3, "nothing was lost")
        try await RevocationList(file: path, clock: clock).revoke(.token(id: "c", expires: nil))
        #expect(covers(try RevocationList(file: path, clock: clock), id: "c", subject: "x"))
    }

    @Test("A start removes lines that have expired, are repeated or are covered by later ones")
    func isCompactedAtTheStart() async throws {
        let folder = try TemporaryDirectory()
        let text = """
            {"tokenId":"over","expires":\(now - 86_401)}
            {"tokenId":"just","expires":\(now - 86_400)}
            {"subject":"alice","issuedThrough":\(now - 10)}
            {"tokenId":"ever"}

            {"tokenId":"ever","expires":\(now + 60)}
            {"subject":"alice","issuedThrough":\(now)}
            {"tokenId":"just","expires":\(now - 86_400)}
            """
        let path = try folder.write(text, to: "revocations.jsonl", mode: 0o640)
        let link = folder.file("link.jsonl")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        do {
            let list = try RevocationList(file: link, clock: clock)
            #expect(try lines(of: path).count == 3 && folder.mode(of: path) == 0o640)
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path, "a link stays one")
            #expect(!covers(list, id: "over", subject: "x") && covers(list, id: "just", subject: "x"))
            #expect(covers(list, id: "ever", subject: "x") && covers(list, issuedAt: now))
            // What is revoked from then on goes into the new file.
            try await list.revoke(.token(id: "later", expires: now + 60))
        }
        let list = try RevocationList(file: path, clock: clock)
        #expect(try lines(of: path).count == 4)
        for id in ["just", "ever", "later"] as [CredentialID] { #expect(covers(list, id: id, subject: "x")) }
        #expect(covers(list, issuedAt: now) && !covers(list, issuedAt: now + 1))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2, "no draft is left")
    }

    @Test("A file is not compacted while another server appends to it")
    func isNotCompactedWhileAnotherAppends() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("revocations.jsonl")
        let first = try RevocationList(file: path, clock: clock)
        for _ in 0..<2 { try await first.revoke(.token(id: "a", expires: nil)) }
        let second = try RevocationList(file: path, clock: clock)
        #expect(try lines(of: path).count == 2)
        try await first.revoke(.token(id: "b", expires: nil))
        try await second.revoke(.token(id: "c", expires: nil))
        let third = try RevocationList(file: path, clock: clock)
        for id in ["a", "b", "c"] as [CredentialID] { #expect(covers(third, id: id, subject: "x")) }
    }

    private func lines(of path: String) throws -> [Substring] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    }

    @Test(
        "A damaged line is an error that gives its number, and the file is left as it is",
        arguments: [
            // What an editor broke, and what says two things or none.
            "tokenId: b", "{}", "null", #"{"tokenId":"b","subject":"c","issuedThrough":1}"#,
            #"{"tokenId":"b","tokenId":"c"}"#, #"{"tokenId":"b"}}"#,
            #"{"subject":"c"}"#, #"{"issuedThrough":1}"#, #"{"tokenId":1}"#, #"{"tokenId":"b","issuedThrough":1}"#,
        ])
    func refusesADamagedLine(line: String) throws {
        let folder = try TemporaryDirectory()
        for (text, number) in [
            ("{\"tokenId\":\"a\"}\n\(line)\n", 2), ("\(line)\n{\"tokenId\":\"a\"}\n", 1),
            ("{\"tokenId\":\"a\"}\n\(line)", 2),
            // Empty lines count too, so that an editor finds the place.
            ("\n\n\(line)\n", 3),
        ] {
            let path = try folder.write(text, to: "revocations.jsonl", mode: 0o600)
            let error = #expect(throws: CredentialError.self) { try RevocationList(file: path, clock: clock) }
            #expect(error?.code == .malformed)
            #expect(error?.message.hasPrefix("\(path), line \(number), ") == true, "\(error?.message ?? "")")
            #expect(try String(contentsOfFile: path, encoding: .utf8) == text, "what is damaged is left as it is")
        }
    }

    @Test("A last line that lacks only its line feed is kept, and the next one stands apart")
    func completesALineWithoutItsEnd() async throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write("{\"tokenId\":\"a\"}", to: "revocations.jsonl", mode: 0o600)
        try await RevocationList(file: path, clock: clock).revoke(.token(id: "b", expires: nil))
        let list = try RevocationList(file: path, clock: clock)
        #expect(covers(list, id: "a") && covers(list, id: "b"))
    }

    @Test("A file that cannot be opened is an error that names it") func aFileThatCannotBeReadIsSaid() throws {
        let folder = try TemporaryDirectory()
        for path in [folder.path, folder.file("none/revocations.jsonl")] {
            let error = #expect(throws: CredentialError.self) { try RevocationList(file: path, clock: clock) }
            #expect(error?.code == .unavailable)
            #expect(error?.message.hasPrefix(path) == true)
        }
    }

    @Test("A revocation that cannot be written is in force, and whoever revokes learns that it is not kept")
    func aFileThatCannotBeWrittenIsSaid() async {
        // In a process of its own: the limit is the process's.
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryDirectory()
            let list = try RevocationList(file: folder.file("revocations.jsonl"))
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 0, rlim_max: 0)
            try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
            let error = await #expect(throws: CredentialError.self) {
                try await list.revoke(.token(id: "a", expires: nil))
            }
            #expect(error?.message.contains("until this process ends") == true)
            let gate = AuthGate([], verifier: nil, revocations: list)
            let principal = Principal(subject: "alice", scopes: [], credential: CredentialIdentity(id: "a"))
            #expect(gate.status(of: principal) == .withdrawn)
        }
    }
}
