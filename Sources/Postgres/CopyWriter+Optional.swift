import FoundationEssentials

/// Nil is NULL.
extension CopyWriter {
  @inlinable
  public mutating func bool(_ value: Bool?) {
    if let value { bool(value) } else { null() }
  }

  @inlinable
  public mutating func int16(_ value: Int16?) {
    if let value { int16(value) } else { null() }
  }

  @inlinable
  public mutating func int32(_ value: Int32?) {
    if let value { int32(value) } else { null() }
  }

  @inlinable
  public mutating func int64(_ value: Int64?) {
    if let value { int64(value) } else { null() }
  }

  @inlinable
  public mutating func double(_ value: Double?) {
    if let value { double(value) } else { null() }
  }

  public mutating func text(_ value: String?) {
    if let value { text(value) } else { null() }
  }

  public mutating func bytes(_ value: [UInt8]?) {
    if let value { bytes(value) } else { null() }
  }

  public mutating func timestamptz(_ value: Date?) {
    if let value { timestamptz(value) } else { null() }
  }

  @inlinable
  public mutating func date(daysSince1970: Int32?) {
    if let daysSince1970 { date(daysSince1970: daysSince1970) } else { null() }
  }

  public mutating func numeric(unscaled: Int64?, scale: Int) {
    if let unscaled { numeric(unscaled: unscaled, scale: scale) } else { null() }
  }
}
