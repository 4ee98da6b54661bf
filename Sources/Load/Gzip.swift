import CZlib

/// The gzip format, so that any tool can read an archived answer.
enum Gzip {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  static func compress(_ bytes: [UInt8]) throws -> [UInt8] {
    var stream = z_stream()
    // 15 window bits + 16: gzip header and checksum. Answers are mostly digits that repeat little: a strategy that prefers fewer
    // matches makes them smaller.
    guard
      deflateInit2_(
        &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_FILTERED, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        == Z_OK
    else { throw Failure(description: "zlib could not start compressing") }
    defer { deflateEnd(&stream) }
    let capacity = Int(deflateBound(&stream, UInt(bytes.count)))
    return try [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
      try run(&stream, input: bytes, output: output, step: deflate)
      count = output.count - Int(stream.avail_out)
    }
  }

  /// - Parameter size: the size of the result in bytes, as recorded when it was compressed.
  static func decompress(_ bytes: [UInt8], size: Int) throws -> [UInt8] {
    var stream = z_stream()
    guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw Failure(description: "zlib could not start decompressing") }
    defer { inflateEnd(&stream) }
    // A spare byte, so that an answer longer than recorded is noticed.
    return try [UInt8](unsafeUninitializedCapacity: size + 1) { output, count in
      try run(&stream, input: bytes, output: output, step: inflate)
      count = output.count - Int(stream.avail_out)
      guard count == size else {
        throw Failure(description: "\(count) bytes instead of the \(size) recorded")
      }
    }
  }

  private static func run(
    _ stream: inout z_stream, input: [UInt8], output: UnsafeMutableBufferPointer<UInt8>,
    step: (UnsafeMutablePointer<z_stream>, Int32) -> Int32
  ) throws {
    try input.withUnsafeBufferPointer { input in
      // zlib's own type of the pointer lacks const.
      stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      stream.avail_in = UInt32(input.count)
      stream.next_out = output.baseAddress
      stream.avail_out = UInt32(output.count)
      let status = step(&stream, Z_FINISH)
      guard status == Z_STREAM_END else {
        throw Failure(description: "not a whole gzip stream (zlib status \(status))")
      }
    }
  }
}
