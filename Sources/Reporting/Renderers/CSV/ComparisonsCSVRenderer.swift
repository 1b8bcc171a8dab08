/// `comparisons.csv`: every pair of subjects with its verdict.
public struct ComparisonsCSVRenderer: Renderer {
    public let fileName = "comparisons.csv"
    public let purpose = "one line a comparison: ratio, interval, blocks, verdict"

    public init() {}

    public func applies(to analysis: Analysis) -> Bool { analysis.isOfDeliveries }

    public func render(_ analysis: Analysis) -> String {
        var table = CSVTable([
            "condition", "metric", "subject", "against", "verdict", "ratio", "ratio_low", "ratio_high", "blocks",
            "within_noise", "obstacle",
        ])
        for contrast in analysis.contrasts {
            table.add([
                contrast.condition.label(among: analysis.conditions).forCSV, contrast.metric.rawValue,
                contrast.subject.label.forCSV, contrast.reference.label.forCSV, contrast.verdict.text,
                CSVNumber.text(contrast.ratio), CSVNumber.text(contrast.interval?.lowerBound),
                CSVNumber.text(contrast.interval?.upperBound), CSVNumber.text(contrast.blocks),
                contrast.isWithinNoise ? "true" : "false", (contrast.obstacle ?? "").forCSV,
            ])
        }
        return table.text
    }
}
