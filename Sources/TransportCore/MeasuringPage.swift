public import OrderUpdates

/// The page that measuring clients say they are of, where a scheme asks: no browser is part of it.
public enum MeasuringPage {
    /// Reserved for examples (RFC 2606, section 3); servers under test allow it.
    public static let origin: Origin = "https://tandem.example"
}
