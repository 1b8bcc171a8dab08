/// The whole page as the template sees it.
struct Page {
    var title: String
    var lead: String
    var facts: [Fact]
    var notices: [String]
    var headline: String
    var sentences: [String]
    var caveat: Words
    var comparisons: [PageTable]
    var comparisonsNote: String
    var curves: [PageFigure]
    var costs: [PageFigure]
    var staleness: [PageFigure]
    var memory: [PageFigure]
    var memoryNote: Words
    var footprint: [PageTable]
    var footprintNote: Words
    var drift: [PageFigure]
    var driftTables: [PageTable]
    var driftNote: String
    var findings: [PageTable]
    var findingsNote: String
    var contrasts: [PageTable]
    var contrastsNote: String
    var noise: [PageTable]
    var noiseNote: String
    var ledger: [PageTable]
    var environment: [Fact]
    var environmentNote: Words
    var method: [String]
    var command: String
    /// Markup of our own: the point shapes and the style sheet.
    var symbols: Words
    var style: String

    struct Fact {
        var name: String
        var value: String
    }
}
