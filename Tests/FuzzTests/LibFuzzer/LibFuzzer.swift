import Glibc

private let target: FuzzTarget = {
  guard let name = getenv("FUZZ_TARGET"), let target = FuzzTarget(rawValue: String(cString: name)) else {
    fatalError("set FUZZ_TARGET to one of \(FuzzTarget.allCases.map(\.rawValue))")
  }
  return target
}()

/// Called by libFuzzer with each input. A broken promise aborts, so that libFuzzer keeps the input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  do {
    try target.check(Array(UnsafeBufferPointer(start: data, count: count)))
  } catch {
    let text = "broken promise: \(error)\n"
    write(STDERR_FILENO, text, text.utf8.count)
    // Not fatalError: Swift's crash report reads memory that the sanitizer forbids.
    abort()
  }
  return 0
}
