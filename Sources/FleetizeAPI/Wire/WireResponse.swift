/// A body that is one complete JSON document, not yet interpreted.
public struct WireResponse: Sendable {
  let root: JSONValue
  let decoder: WireDecoder

  /// - Throws: ``Fault`` `.emptyBody`, `.truncated`, `.notJSON`, or `.wrongShape` if nested too deep or too large.
  public init(reading body: [UInt8], contentType: String?) throws(Fault) {
    var tolerances = ToleranceLog()
    let bytes = Self.utf8(body, contentType: contentType, &tolerances)
    var reader = JSONReader(bytes, tolerances: tolerances)
    do {
      root = try reader.document()
    } catch {
      throw Fault(error, bytes: body.count)
    }
    decoder = WireDecoder(bytes: bytes, tolerances: reader.tolerances)
  }

  /// A byte order mark overrides the header.
  private static func utf8(_ body: [UInt8], contentType: String?, _ tolerances: inout ToleranceLog) -> [UInt8] {
    guard let charset = charset(contentType), !body.starts(with: [0xEF, 0xBB, 0xBF]) else { return body }
    if Windows1252.isLabel(charset) { return Windows1252.utf8(body) }
    if !["utf-8", "utf8", "us-ascii", "ascii"].contains(charset) {
      tolerances.note(.unknownCharset, sample: Excerpt.of(charset))
    }
    return body
  }

  private static func charset(_ contentType: String?) -> String? {
    for parameter in (contentType ?? "").split(separator: ";").dropFirst() {
      let parts = parameter.split(separator: "=", maxSplits: 1)
      let words = parts.map { $0.lowercased().filter { !$0.isWhitespace && $0 != "\"" && $0 != "'" } }
      if words.count == 2, words[0] == "charset" { return words[1] }
    }
    return nil
  }

  /// An error in the place of data: a text, or the value of an undocumented tag.
  public var vendorError: VendorError? {
    vendorError(in: root, depth: 0)
  }

  private func vendorError(in json: JSONValue, depth: Int) -> VendorError? {
    switch json {
    case .text, .decodedText:
      guard case .scalar(let text) = decoder.value(json) else { return nil }
      return VendorError(beginning: text)
    case .list(let elements, _) where depth < 3:
      return elements.lazy.compactMap { vendorError(in: $0, depth: depth + 1) }.first
    case .object(let object) where depth < 3:
      let isData = object.members.contains { DocumentedTag.isData($0.name) }
      guard !isData || depth == 0 else { return nil }
      return object.members.lazy.filter { !DocumentedTag.isData($0.name) }
        .compactMap { vendorError(in: $0.value, depth: depth + 1) }.first
    default:
      return nil
    }
  }

  /// - Throws: ``Fault`` `.wrongShape` if this is not a list of objects.
  public func deviceList() throws(Fault) -> WireDeviceList {
    var decoder = decoder
    switch root {
    case .list: break
    case .object(let object) where object.hasOnlyNumericNames || object["device_id"] != nil: break
    default: throw .wrongShape("it is not a list of devices")
    }
    let devices = decoder.list(root) { object, decoder in WireDevice(object, decoder) }
    return WireDeviceList(devices: devices, tolerances: decoder.tolerances.entries)
  }

  /// - Throws: ``Fault`` `.wrongShape` without a "device" node that has tags, or with a "routes" node that is not a list.
  public func day() throws(Fault) -> WireDay {
    var decoder = decoder
    guard let object = decoder.object(root) else {
      throw .wrongShape("it is not an object with \"device\" and \"routes\"")
    }
    guard let node = object["device"] else { throw .wrongShape("the node \"device\" is missing") }
    guard let device = decoder.object(node) else { throw .wrongShape("the node \"device\" is not an object") }
    guard !device.members.isEmpty else { throw .wrongShape("the node \"device\" is empty") }
    let routesNode = object["routes"] ?? .null
    let routes = decoder.list(routesNode) { object, decoder in WireRoute(object, &decoder) }
    guard routes.unusable.isEmpty || !routes.entries.isEmpty else {
      throw .wrongShape("the node \"routes\" contains no route")
    }
    if case .object(let object) = routesNode, !object.hasOnlyNumericNames,
      !object.members.contains(where: { DocumentedTag.isData($0.name) })
    {
      throw .wrongShape("the node \"routes\" is an object without a documented tag")
    }
    let unknownNodes = object.members.filter { $0.name != "device" && $0.name != "routes" }
      .map { UnknownNode(name: $0.name, value: decoder.value($0.value)) }
    return WireDay(
      device: WireDevice(device, decoder), routes: routes, hasRoutesList: !Self.saysNothing(routesNode),
      unknownNodes: unknownNodes, tolerances: decoder.tolerances.entries)
  }

  private static func saysNothing(_ json: JSONValue) -> Bool {
    switch json {
    case .null, .boolean(false): true
    case .text(let range): range.isEmpty
    default: false
    }
  }
}

extension Fault {
  init(_ fault: JSONFault, bytes: Int) {
    self =
      switch fault {
      case .empty: .emptyBody
      case .endedEarly: .truncated(bytes: bytes)
      case .unexpectedByte(let byte, let offset):
        .notJSON("unexpected byte 0x\(String(byte, radix: 16, uppercase: true)) at offset \(offset)")
      case .textAfterEnd(let offset): .notJSON("text after the document's end at offset \(offset)")
      case .nestedTooDeep: .wrongShape("nested deeper than \(JSONReader.deepestNesting) levels")
      case .tooManyValues: .wrongShape("more than \(JSONReader.mostValues) values")
      }
  }
}
