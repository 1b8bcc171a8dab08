public import OrderUpdates

/// The origin that measuring clients send where a scheme asks for one. No browser is involved.
public enum MeasuringPage {
    /// Reserved for examples (RFC 2606, section 3); servers under test allow it.
    public static let origin: Origin = "https://tandem.example"
}
