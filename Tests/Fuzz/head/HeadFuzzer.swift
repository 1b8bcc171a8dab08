/// libFuzzer's target (https://llvm.org/docs/LibFuzzer.html): the parser of request heads under any bytes, and any cut of them.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    // The cuts follow from the input, so that a crash is found again.
    var cut = bytes.reduce(into: UInt64(count)) { $0 = $0 &* 31 &+ UInt64($1) }
    if let fault = RequestHeadOracle.fault(in: bytes, cut: &cut) { fatalError(fault) }
    return 0
}
