import CZlib
import CZstd

/// A response's body as it lies in the archive: a frame of Zstandard, or a gzip file, as earlier versions wrote it. Any tool can read both.
enum CompressedBody {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// Responses are mostly digits that repeat little. From this level on zstd weighs its matches well enough to make them a quarter
  /// smaller than zlib does, at 10 MB a second. The calls that bring them are a minute apart, and they are kept for good.
  private static let level: Int32 = 16

  static func compress(_ bytes: [UInt8]) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) { output, count in
      count = try checked(ZSTD_compress(output.baseAddress, output.count, bytes, bytes.count, level))
    }
  }

  /// - Parameter size: the size of the result in bytes, as recorded when it was compressed.
  static func decompress(_ bytes: [UInt8], size: Int) throws -> [UInt8] {
    // A spare byte, so that a response longer than recorded is noticed.
    try [UInt8](unsafeUninitializedCapacity: size + 1) { output, count in
      count = bytes.starts(with: [0x1f, 0x8b]) ? try gunzip(bytes, into: output) : try expand(bytes, into: output)
      guard count == size else { throw Failure(description: "\(count) bytes instead of the \(size) recorded") }
    }
  }

  private static func expand(_ bytes: [UInt8], into output: UnsafeMutableBufferPointer<UInt8>) throws -> Int {
    try checked(ZSTD_decompress(output.baseAddress, output.count, bytes, bytes.count))
  }

  private static func checked(_ result: Int) throws -> Int {
    guard ZSTD_isError(result) == 0 else {
      throw Failure(description: "zstd: \(String(cString: ZSTD_getErrorName(result)))")
    }
    return result
  }

  private static func gunzip(_ bytes: [UInt8], into output: UnsafeMutableBufferPointer<UInt8>) throws -> Int {
    var stream = z_stream()
    // 15 window bits + 16: gzip header and checksum.
    guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw Failure(description: "zlib could not start decompressing") }
    defer { inflateEnd(&stream) }
    return try bytes.withUnsafeBufferPointer { input in
      // zlib's own type of the pointer lacks const.
      stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      stream.avail_in = UInt32(input.count)
      stream.next_out = output.baseAddress
      stream.avail_out = UInt32(output.count)
      let status = inflate(&stream, Z_FINISH)
      guard status == Z_STREAM_END else {
        throw Failure(description: "not a whole gzip stream (zlib status \(status))")
      }
      return output.count - Int(stream.avail_out)
    }
  }
}
