import Clocks
import ExperimentModel
import Foundation
import Testing

@Suite struct EnvironmentRecordTests {
    @Test("The record describes this machine") func describesThisMachine() {
        let record = EnvironmentRecord.capture(libraries: ["OpenSSL": "3.0"], clock: ManualClock())
        #expect(record.recordedAt == "2023-11-14T22:13:20.000000000Z")
        #expect(record.kernel.hasPrefix("Linux "))
        #expect(record.hostname == ProcessInfo.processInfo.hostName || !record.hostname.isEmpty)
        #expect((1...ProcessInfo.processInfo.processorCount).contains(record.cores))
        #expect(record.cpuModel != "unknown")
        #expect(record.memoryBytes > 1 << 20)
        #expect(record.descriptorLimit.soft > 0 && record.descriptorLimit.soft <= record.descriptorLimit.hard)
        #expect(record.loadAtStart.count == 3)
        #expect(record.libraries == ["OpenSSL": "3.0"])
    }

    static let hash = "0123456789abcdef0123456789abcdef01234567"

    @Test(
        "The revision is read from the files of the repository around a folder",
        arguments: [
            // A branch in a file of its own, one that was packed, none, and a name that is not a commit.
            (["HEAD": "ref: refs/heads/main\n", "refs/heads/main": hash + "\n"], hash),
            (["HEAD": "ref: refs/heads/main\n", "packed-refs": "# pack-refs\n\(hash) refs/heads/main\n"], hash),
            (["HEAD": hash + "\n"], hash),
            (["HEAD": "ref: refs/heads/main\n"], nil),
            (["HEAD": "ref: refs/heads/main\n", "refs/heads/main": "nonsense\n"], nil),
        ] as [([String: String], String?)])
    func findsTheRevision(files: [String: String], expected: String?) throws {
        let root = try TemporaryFolder()
        try Self.write(files, in: root.path + "/.git")
        let deep = root.path + "/Sources/Deep"
        try FileManager.default.createDirectory(atPath: deep, withIntermediateDirectories: true)
        #expect(EnvironmentRecord.capture(libraries: [:], repository: deep).gitRevision == expected)
    }

    @Test("The revision of a linked work tree is found") func findsTheRevisionOfALinkedWorkTree() throws {
        let root = try TemporaryFolder()
        try Self.write(
            [
                "refs/heads/side": Self.hash + "\n", "HEAD": "ref: refs/heads/main\n",
                "worktrees/side/HEAD": "ref: refs/heads/side\n", "worktrees/side/commondir": "../..\n",
            ], in: root.path + "/main/.git")
        try Self.write([".git": "gitdir: ../main/.git/worktrees/side\n"], in: root.path + "/side")
        let record = EnvironmentRecord.capture(libraries: [:], repository: root.path + "/side")
        #expect(record.gitRevision == Self.hash)
    }

    /// A resumed run is told of them.
    @Test("The differences from an earlier record name what changed, but not the time and the load")
    func saysWhatIsNoLongerAsItWas() {
        let then = EnvironmentRecord.capture(libraries: ["libuv": "1.44.2"], repository: "/")
        var now = then
        now.recordedAt = "2026-11-23T05:07:23Z"
        now.loadAtStart = [9, 9, 9]
        #expect(now.differences(from: then).isEmpty)
        now.gitRevision = Self.hash
        now.cores += 1
        now.libraries["libuv"] = "1.50.0"
        let differences = now.differences(from: then)
        #expect(differences.count == 3)
        #expect(differences.contains { $0.contains("revision") && $0.contains(Self.hash) })
        #expect(differences.contains("libuv was 1.44.2 and is 1.50.0"))
        var dirty = now
        dirty.gitDirty = true
        #expect(dirty.differences(from: now).count == 1)
    }

    /// A hash in a file is a revision to read, and nothing that git can compare with.
    @Test("A revision that git does not know is neither clean nor dirty")
    func whatGitDoesNotKnowIsNeitherCleanNorDirty() throws {
        let root = try TemporaryFolder()
        try Self.write([".git/HEAD": Self.hash + "\n"], in: root.path)
        let record = EnvironmentRecord.capture(libraries: [:], repository: root.path)
        #expect(record.gitRevision == Self.hash && record.gitDirty == nil)
    }

    @Test("There is no revision outside a checkout") func hasNoRevisionOutsideACheckout() {
        #expect(EnvironmentRecord.capture(libraries: [:], repository: "/").gitRevision == nil)
        #expect(EnvironmentRecord.capture(libraries: [:], repository: "/nonexistent").gitRevision == nil)
    }

    private static func write(_ files: [String: String], in folder: String) throws {
        for (name, text) in files {
            let url = URL(fileURLWithPath: folder + "/" + name)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
    }
}
