import Measurement
import Testing

@Suite struct StudentTTests {
    /// From the tables of R's `qt`.
    @Test(
        "Quantiles agree with published tables, on both sides",
        arguments: [
            (0.975, 1, 12.7062047362), (0.975, 2, 4.3026527297), (0.975, 4, 2.7764451052), (0.975, 9, 2.2621571628),
            (0.975, 100, 1.9839715185), (0.95, 5, 2.0150483727), (0.995, 3, 5.8409093097),
        ])
    func agreesWithTheTables(probability: Double, degrees: Int, expected: Double) {
        #expect(abs(StudentT.quantile(probability, degreesOfFreedom: degrees) - expected) < 1e-8)
        #expect(abs(StudentT.quantile(1 - probability, degreesOfFreedom: degrees) + expected) < 1e-8)
    }

    @Test("The median is zero") func isSymmetric() {
        #expect(StudentT.quantile(0.5, degreesOfFreedom: 3) == 0)
    }
}
