import Foundation
import OrderUpdates
import Persistence
import Testing

@Suite struct EarlierFormatTests {
    /// In the order in which `tandem serve --data` was given them, when owners were still compared as text.
    private static let owners: [Subject] = [
        "Kate", "\u{212A}ate", "jos\u{E9}", "jose\u{301}", "\u{1100}\u{1161}\u{11A8}", "\u{AC01}",
    ]

    @Test("Owners in a database of an earlier version are read byte for byte, and stay so when it is written again")
    func readsOwnersByteForByte() throws {
        let folder = try TemporaryFolder()
        let resources = try #require(Bundle.module.url(forResource: "Resources/format-1", withExtension: nil))
        for name in ["timelines.sqlite", "watermark"] {
            try FileManager.default.copyItem(
                atPath: resources.appending(path: name).path, toPath: "\(folder.path)/\(name)")
        }
        for _ in 0..<2 {
            let store = try TimelineStore(folder.path, durability: .commit)
            for (index, owner) in Self.owners.enumerated() {
                let id = try #require(OrderID("order-\(index)"))
                let order = try #require(store.hub.order(id))
                #expect(order.owner == owner)
                #expect(order.owner.utf8.elementsEqual(owner.utf8))
            }
            try store.close()
        }
    }
}
