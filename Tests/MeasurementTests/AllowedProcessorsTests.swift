import Measurement
import Testing

@Suite struct AllowedProcessorsTests {
    @Test(
        "The kernel's list of processors is read, and another text is none",
        arguments: [
            ("0", [0]), ("0-1", [0, 1]), ("0-2,5", [0, 1, 2, 5]), ("3,7-7", [3, 7]), ("", nil), ("2-1", nil),
            ("a", nil),
            ("1-", nil), ("1-2-3", nil), ("-1", nil),
        ] as [(String, [Int]?)])
    func readsTheKernelsList(text: String, processors: [Int]?) {
        #expect(AllowedProcessors.parse(text) == processors)
    }

    @Test("This process may use at least one processor") func thereIsOneAtLeast() {
        let current = AllowedProcessors.current
        #expect(!current.isEmpty && current == current.sorted())
    }
}
