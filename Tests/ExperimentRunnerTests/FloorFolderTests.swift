import ExperimentRunner
import Testing

@Suite struct FloorFolderTests {
    static let program = "/home/a/tandem/.build/x86_64-unknown-linux-gnu/release/tandem"
    static let beside = "/home/a/tandem/.build/floor"

    @Test(
        "The folder of the floor is the one that was named, or lies beside the program",
        arguments: [
            // The current folder's comes first.
            (".build/floor", program, [".build/floor", beside], ".build/floor"),
            // In another folder: the one that was built with the program.
            (".build/floor", program, [beside], beside),
            // Neither is built: the message names the usual one.
            (".build/floor", program, [], ".build/floor"),
            // A program that was installed has no build folder.
            (".build/floor", "/usr/local/bin/tandem", [beside], ".build/floor"),
            // A folder that the user named is the one.
            ("/opt/floor", program, [beside], "/opt/floor"),
        ] as [(String, String, [String], String)])
    func finds(asked: String, program: String, built: [String], expected: String) {
        #expect(FloorFolder.find(asked, beside: program) { built.contains($0) } == expected)
    }
}
