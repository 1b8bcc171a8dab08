/// `comparisons.csv`: every pair of subjects with its verdict.
public struct ComparisonsCSVRenderer: Renderer {
    public let fileName = "comparisons.csv"
    public let purpose = "one line a comparison: ratio, interval, blocks, verdict"

    public init() {}

    public func applies(to analysis: Analysis) -> Bool { analysis.isOfDeliveries }

    public func render(_ analysis: Analysis) -> String {
        CSVTable<PairComparison>([
            .text("condition") { $0.condition.label(among: analysis.conditions) }, .text("metric", \.metric.rawValue),
            .text("subject", \.subject.label), .text("against", \.reference.label), .text("verdict", \.verdict.text),
            .number("ratio", \.ratio), .number("ratio_low", \.interval?.lowerBound),
            .number("ratio_high", \.interval?.upperBound), .count("blocks", \.blocks),
            .flag("within_noise", \.isWithinNoise), .text("obstacle", \.obstacle),
        ]).text(analysis.contrasts)
    }
}
