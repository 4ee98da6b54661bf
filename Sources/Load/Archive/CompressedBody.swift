import CZstd

/// A response's body as stored in the archive: a Zstandard frame, which any tool can read.
enum CompressedBody {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// Responses are mostly digits with little repetition. Lower levels compress them markedly worse. This one handles about 10 MB per
  /// second, which is ample: calls are a minute apart, and the archive is kept indefinitely.
  private static let level: Int32 = 16

  static func compress(_ bytes: [UInt8]) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) { output, count in
      count = try checked(ZSTD_compress(output.baseAddress, output.count, bytes, bytes.count, level))
    }
  }

  /// - Parameter size: of the result in bytes, as recorded when it was compressed.
  static func decompress(_ bytes: [UInt8], size: Int) throws -> [UInt8] {
    // One extra byte reveals a body that is longer than recorded.
    try [UInt8](unsafeUninitializedCapacity: size + 1) { output, count in
      count = try checked(ZSTD_decompress(output.baseAddress, output.count, bytes, bytes.count))
      guard count == size else { throw Failure(description: "\(count) bytes instead of the \(size) recorded") }
    }
  }

  private static func checked(_ result: Int) throws -> Int {
    guard ZSTD_isError(result) == 0 else {
      throw Failure(description: "zstd: \(String(cString: ZSTD_getErrorName(result)))")
    }
    return result
  }
}
