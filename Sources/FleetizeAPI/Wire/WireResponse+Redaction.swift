/// Which tags of an object about a device are kept.
public enum KeptTags: Hashable, Sendable {
  case all
  /// Only these.
  case only(Set<String>)
}

/// What happens to a route of a response.
public enum RouteRedaction: Hashable, Sendable {
  case keep
  case remove
  /// `{}` in its place: the response still shows that a route could not be used.
  case blank
}

extension WireResponse {
  /// The response to `device` without some of its routes, and with fewer tags in its node "device", as standard JSON in ASCII.
  ///
  /// An entry of "routes" that is no object becomes `{}`. Every node other than "device" and "routes" goes, because its day is
  /// unknown.
  ///
  /// - Returns: nil when nothing has to go.
  public func redactedDay(routes redaction: (WireRoute) -> RouteRedaction, tags: (WireDevice) -> KeptTags) -> [UInt8]? {
    let redacted = onlyObject(root) { object, isChanged in
      var object = reduced(object, to: .only(["device", "routes"]), &isChanged)
      for index in object.members.indices {
        let value = object.members[index].value
        switch object.members[index].name {
        case "routes":
          object.members[index].value = filtered(value, &isChanged) { route in
            var decoder = decoder
            return redaction(WireRoute(route, &decoder))
          }
        case "device":
          let node = onlyObject(value) { device, isChanged in
            reduced(device, to: tags(WireDevice(device, decoder)), &isChanged)
          }
          object.members[index].value = node.value
          isChanged = isChanged || node.isChanged
        default: break
        }
      }
      return object
    }
    return redacted.isChanged ? written(redacted.value) : nil
  }

  /// The response to `devicelist` with fewer tags in some of its entries, as standard JSON in ASCII.
  ///
  /// An entry that is no object, and so no device, becomes `{}`.
  ///
  /// - Returns: nil if nothing has to be removed.
  public func redactedList(tags: (WireDevice) -> KeptTags) -> [UInt8]? {
    var isChanged = false
    let list = filtered(root, &isChanged) { _ in .keep }
    let redacted = mapped(list) { reduced($0, to: tags(WireDevice($0, decoder)), &isChanged) }
    return isChanged ? written(redacted) : nil
  }

  private func written(_ value: JSONValue) -> [UInt8] {
    var writer = JSONWriter(source: decoder.bytes)
    writer.write(value)
    return writer.bytes
  }

  private func reduced(_ object: JSONObject, to tags: KeptTags, _ isChanged: inout Bool) -> JSONObject {
    guard case .only(let names) = tags else { return object }
    var object = object
    let count = object.members.count
    object.members.removeAll { !names.contains($0.name) }
    if object.members.count < count { isChanged = true }
    return object
  }

  // MARK: The shapes of objects and lists that WireDecoder accepts

  private func onlyObject(
    _ value: JSONValue, _ change: (JSONObject, inout Bool) -> JSONObject
  ) -> (value: JSONValue, isChanged: Bool) {
    var isChanged = false
    let changed: JSONValue
    switch value {
    case .object(let object) where object.members.count == 1 && object.hasOnlyNumericNames:
      changed = mapped(value) { change($0, &isChanged) }
    case .object(let object): changed = .object(change(object, &isChanged))
    case .list: changed = mapped(value) { change($0, &isChanged) }
    default: changed = value
    }
    return (changed, isChanged)
  }

  private func mapped(_ value: JSONValue, _ change: (JSONObject) -> JSONObject) -> JSONValue {
    func element(_ value: JSONValue) -> JSONValue {
      if case .object(let object) = value { .object(change(object)) } else { value }
    }
    switch value {
    case .list(let elements, let range): return .list(elements.map(element), range)
    case .object(var object) where object.hasOnlyNumericNames:
      for index in object.members.indices { object.members[index].value = element(object.members[index].value) }
      return .object(object)
    default: return element(value)
    }
  }

  private func filtered(
    _ value: JSONValue, _ isChanged: inout Bool, redaction: (JSONObject) -> RouteRedaction
  ) -> JSONValue {
    var count = 0
    let blank = JSONValue.object(JSONObject(members: [], source: 0..<0))
    /// Nil where nothing stays.
    func redacted(_ element: JSONValue) -> JSONValue? {
      if case .null = element { return blank }
      guard case .object(let object) = element else {
        count += 1
        return blank
      }
      switch redaction(object) {
      case .keep: return element
      case .remove:
        count += 1
        return nil
      case .blank:
        // An empty object is blank already.
        if !object.members.isEmpty { count += 1 }
        return blank
      }
    }
    let kept: JSONValue
    switch value {
    case .list(let elements, let range): kept = .list(elements.compactMap(redacted), range)
    case .object(var object) where object.hasOnlyNumericNames:
      object.members = object.members.compactMap { member in
        redacted(member.value).map { JSONObject.Member(name: member.name, value: $0) }
      }
      kept = .object(object)
    case .null, .boolean(false): kept = value
    case .text(let range) where range.isEmpty: kept = value
    default: kept = redacted(value) ?? .list([], 0..<0)
    }
    isChanged = isChanged || count > 0
    return kept
  }
}
