import OrderUpdates
import Testing

@Suite struct OrderIDTests {
    @Test(
        "An order's id may have letters, digits and four marks, up to 128 bytes",
        arguments: ["a", "A-1_b.c~9", "0", String(repeating: "x", count: 128)])
    func accepts(_ text: String) {
        #expect(OrderID(text)?.description == text)
    }

    @Test(
        "Any other text is no order's id",
        arguments: [
            "", String(repeating: "x", count: 129), "a b", "a/b", "a%20", "a\n", "a\0", "é", "a+b", "a:b", "a\"b", "٣",
        ])
    func refuses(_ text: String) {
        #expect(OrderID(text) == nil)
    }
}
