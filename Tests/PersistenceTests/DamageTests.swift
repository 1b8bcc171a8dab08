import OrderUpdates
import Persistence
import SeededRandomness
import Testing

/// A damaged file is refused and stays as it is, or nothing of what it holds has changed.
@Suite struct DamageTests {
    private static let ids = [OrderID.a, .b]

    /// A folder with some history, and what its hub knows. In good order it has no log; after a crash most of it is in the log.
    private func folder(crashed: Bool) async throws -> (folder: TemporaryFolder, known: [String]) {
        let folder = try TemporaryFolder()
        let store = try TimelineStore(folder.path, durability: .commit, configuration: .init(history: 8))
        for id in Self.ids { try store.hub.create(id, owner: "ada", status: .activating, timestamp: 0) }
        for number in 0..<40 {
            try store.hub.progress(Self.ids[number % 2], "step \(number)")
            if number.isMultiple(of: 5) { try await store.flush() }
        }
        try await store.flush()
        let known = store.hub.everything(of: Self.ids)
        let left = crashed ? try folder.crashed() : folder
        try store.close()
        return (left, known)
    }

    /// - Returns: whether the folder was refused.
    @discardableResult
    private func check(_ folder: TemporaryFolder, _ known: [String], _ what: Comment) throws -> Bool {
        let before = try folder.contents()
        do {
            let store = try TimelineStore(folder.path, durability: .commit, configuration: .init(history: 8))
            #expect(store.hub.everything(of: Self.ids) == known, what)
            try store.close()
            return false
        } catch {
            #expect(error.code == .damaged || error.code == .foreign || error.code == .unavailable, "\(what): \(error)")
            #expect(try folder.contents() == before, "\(what): the damaged files were changed")
            return true
        }
    }

    @Test(
        "A bit that flips loses nothing and has nothing wrong served",
        arguments: [
            ("timelines.sqlite", false), ("timelines.sqlite", true), ("timelines.sqlite-wal", true),
            ("watermark", true),
        ])
    func bitsThatFlip(_ name: String, crashed: Bool) async throws {
        let (folder, known) = try await folder(crashed: crashed)
        let whole = try folder.contents()
        let bytes = try #require(whole[name])
        var generator = SplitMix64(seed: 4)
        var refused = 0
        for number in 0..<150 {
            // The head of a file decides the most.
            let place = Int.random(
                in: 0..<(number.isMultiple(of: 3) ? min(100, bytes.count) : bytes.count), using: &generator)
            let bit = Int.random(in: 0..<8, using: &generator)
            let copy = try TemporaryFolder()
            for (name, bytes) in whole { try copy.write(bytes, to: name) }
            var damaged = bytes
            damaged[place] ^= 1 << bit
            try copy.write(damaged, to: name)
            if try check(copy, known, "bit \(bit) of byte \(place) of \(name)") { refused += 1 }
        }
        // What nobody looks at does not matter: of a database after a crash, that is all that the log has too.
        let isInTheLog = name == "timelines.sqlite" && crashed
        #expect(isInTheLog || refused > 50, "\(refused) of 150 flipped bits were noticed")
    }

    @Test(
        "Files that end early are refused, or nothing is lost",
        arguments: [
            ("timelines.sqlite", false), ("timelines.sqlite", true), ("timelines.sqlite-wal", true),
            ("watermark", true),
        ])
    func filesThatEndEarly(_ name: String, crashed: Bool) async throws {
        let (folder, known) = try await folder(crashed: crashed)
        let whole = try folder.contents()
        let bytes = try #require(whole[name])
        let lengths = [0, 1, 31, 95, bytes.count / 2, bytes.count - 4096, bytes.count - 1].filter {
            (0..<bytes.count).contains($0)
        }
        for length in lengths {
            let copy = try TemporaryFolder()
            for (name, bytes) in whole { try copy.write(bytes, to: name) }
            try copy.write(Array(bytes[..<length]), to: name)
            let isRefused = try check(copy, known, "\(name) with \(length) of \(bytes.count) bytes")
            // After a crash the log has what the database lacks.
            let isInTheLog = name == "timelines.sqlite" && crashed && length >= 512
            // SQLite reads zeros where a file ends within a page.
            let isEmpty = bytes[length...].allSatisfy { $0 == 0 }
            #expect(isRefused || isInTheLog || isEmpty, "\(name), \(length) bytes")
        }
    }

    @Test(
        "A file that is gone, or empty, is noticed",
        arguments: ["timelines.sqlite", "timelines.sqlite-wal", "watermark"])
    func filesThatAreGone(_ name: String) async throws {
        let (folder, known) = try await folder(crashed: true)
        folder.remove(name)
        // The lock's own file is made anew.
        if name == "watermark" { try folder.write([], to: name) }
        #expect(try check(folder, known, "\(name) is gone"))
    }

    @Test("A file that is no database is refused, and left as it is") func whatIsNotOurs() throws {
        for bytes in [Array("a letter to a friend".utf8), [UInt8](repeating: 0, count: 8192)] {
            let folder = try TemporaryFolder()
            try folder.write(bytes, to: "timelines.sqlite")
            try folder.write([], to: "watermark")
            #expect(try check(folder, [], "a file of \(bytes.count) bytes"))
        }
    }

    /// Its header's words at 60 and 68 (SQLite's file format, section 1.3).
    @Test(
        "A database of a later version, or of another program, is refused and left as it is",
        arguments: [(60, "format 2"), (68, "not a database of Tandem's")])
    func ofALaterVersionOrSomebodyElses(place: Int, says: String) async throws {
        let (folder, _) = try await folder(crashed: false)
        var bytes = try folder.read("timelines.sqlite")
        bytes.replaceSubrange(place..<place + 4, with: [0, 0, 0, 2])
        try folder.write(bytes, to: "timelines.sqlite")
        #expect {
            try TimelineStore(folder.path, durability: .commit)
        } throws: { error in
            (error as? StoreError).map { $0.code == .foreign && $0.description.contains(says) } ?? false
        }
        #expect(try folder.read("timelines.sqlite") == bytes)
    }

    @Test("After a crash of the machine missing commits are accepted with async, and refused with commit")
    func aLogThatIsBehindAfterACrashOfTheMachine() async throws {
        for (durability, isRefused) in [(Durability.async, false), (.commit, true)] {
            let folder = try TemporaryFolder()
            let store = try TimelineStore(folder.path, durability: durability)
            try store.hub.create(.a, owner: "ada", status: .activating)
            try await store.flush()
            let early = try folder.crashed()
            try store.hub.progress(.a, "lost")
            try await store.flush()
            // Of another boot; the line's checksum is computed as it was.
            try early.write(otherBoot(try folder.read("watermark")), to: "watermark")
            try store.close()
            let outcome = Result { try TimelineStore(early.path, durability: durability) }
            switch outcome {
            case .success(let again):
                #expect(!isRefused)
                #expect(again.hub.epoch != store.hub.epoch)
                try again.close()
            case .failure(let error): #expect(isRefused && "\(error)".contains("commits are missing"), "\(error)")
            }
        }
    }

    private func otherBoot(_ line: [UInt8]) -> [UInt8] {
        var words = String(decoding: line, as: UTF8.self).split(separator: " ").dropLast().map(String.init)
        words[2] = "00000000-0000-0000-0000-000000000000"
        words = Array(words[..<3])
        let text = words.joined(separator: " ")
        // FNV-1a over the length and the text.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        let length = UInt64(text.utf8.count)
        let bytes = stride(from: 0, to: 64, by: 8).map { UInt8(truncatingIfNeeded: length >> $0) } + Array(text.utf8)
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        let whole = text + " " + String(hash, radix: 16)
        return Array((whole + String(repeating: " ", count: 95 - whole.utf8.count) + "\n").utf8)
    }
}
