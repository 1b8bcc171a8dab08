internal import Glibc

/// Powers and logarithms to base ten.
enum Decimal10 {
    static func log(_ value: Double) -> Double { log10(value) }
    static func power(_ exponent: Double) -> Double { pow(10, exponent) }
}
