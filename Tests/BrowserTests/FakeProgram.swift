import Foundation
import Testing

/// A shell script that is started as if it were a browser.
enum FakeProgram {
    /// - Parameter body: gets the script's path, and a folder that goes with it.
    static func with<T>(_ script: String, _ body: (_ program: String, _ folder: String) async throws -> T) async throws
        -> T
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "fake-browser-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let program = folder + "/program"
        // By another process: one that was forked here meanwhile would keep the file open for writing, and then nobody
        // can execute it.
        let writer = Process()
        writer.executableURL = URL(filePath: "/bin/sh")
        let text = "#!/bin/sh\nfolder=\(folder)\necho \"$HOME\" >$folder/home\n\(script)\n"
        writer.arguments = ["-c", #"printf %s "$1" >"$0" && chmod 700 "$0""#, program, text]
        try writer.run()
        writer.waitUntilExit()
        try #require(writer.terminationStatus == 0)
        return try await body(program, folder)
    }

    /// A line that a script has written into a file of the folder; empty where there is none.
    static func line(_ name: String, in folder: String) -> String {
        let text = (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)) ?? ""
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
