import FleetModel
import FoundationEssentials

extension QualityRule {
  /// km/h. No fleet vehicle is faster.
  static let speedBound = 250

  static let all = [
    QualityRule("route_ends_before_start", .warning, "The route ends before it begins.", eachRoute: endsBeforeStart),
    QualityRule(
      "route_without_arrival", .info, "The route has no usable arrival time.",
      eachRoute: neverArrives),
    QualityRule(
      "pause_ends_before_start", .warning, "The pause ends before it begins.", eachRoute: pauseEndsBeforeStart),
    QualityRule("overlapping_routes", .warning, "The route begins before an earlier one ends.", overlaps),
    QualityRule(
      "odometer_falls", .warning, "The odometer decreases within a route or between two routes.", odometerFalls),
    QualityRule(
      "odometer_jumps", .warning,
      "The odometer increases by more than a vehicle can drive within a route or between two routes.",
      odometerJumps),
    QualityRule("pause_outside_route", .warning, "The pause is outside its route.", eachRoute: pauseOutside),
    QualityRule(
      "pause_sum_differs", .info, "The route's pause_duration is not the sum of its pauses.",
      eachRoute: pauseSumDiffers),
    QualityRule(
      "average_speed_contradicts", .info, "The route's average_speed_distance contradicts its distance and time.",
      eachRoute: averageSpeedContradicts),
    QualityRule(
      "track_contradicts_odometer", .info,
      "The line through the route's points is much longer or shorter than the distance by the odometer.",
      eachRoute: trackContradicts),
    QualityRule(
      "speed_above_bound", .warning, "The speed is above \(speedBound) km/h.", eachRoute: speedAboveBound),
    QualityRule(
      "future_timestamp", .warning, "The time is more than a day after the latest request.", inFuture),
  ]

  private static func endsBeforeStart(_ route: Route) -> [String] {
    guard let arrivedAt = route.arrivedAt, arrivedAt < route.departedAt else { return [] }
    return ["\(unix(route.departedAt)) to \(unix(arrivedAt))"]
  }

  private static func neverArrives(_ route: Route) -> [String] {
    route.arrivedAt == nil ? ["departs \(unix(route.departedAt))"] : []
  }

  private static func pauseEndsBeforeStart(_ route: Route) -> [String] {
    route.pauses.compactMap { pause in
      guard let start = pause.startedAt, let end = pause.endedAt, end < start else { return nil }
      return "\(unix(start)) to \(unix(end))"
    }
  }

  private static func overlaps(_ day: DayUnderReview) -> [Violation] {
    var violations: [Violation] = []
    var latest: Date?
    for route in day.routes {
      if let latest, route.departedAt < latest {
        violations.append(
          Violation(
            departedAt: route.departedAt,
            sample: "departs \(unix(route.departedAt)), earlier route arrives \(unix(latest))"))
      }
      if let arrivedAt = route.arrivedAt { latest = max(latest ?? arrivedAt, arrivedAt) }
    }
    return violations
  }

  private static func odometerFalls(_ day: DayUnderReview) -> [Violation] {
    let within = day.routes.compactMap { route -> Violation? in
      guard let origin = route.originMileage, let destination = route.destinationMileage, destination < origin else {
        return nil
      }
      return Violation(departedAt: route.departedAt, sample: "\(origin) km, then \(destination) km")
    }
    let between = day.neighbours.compactMap { earlier, later -> Violation? in
      guard let destination = earlier.destinationMileage, let origin = later.originMileage, origin < destination else {
        return nil
      }
      return Violation(departedAt: later.departedAt, sample: "\(destination) km, then \(origin) km")
    }
    return within + between
  }

  private static func odometerJumps(_ day: DayUnderReview) -> [Violation] {
    let within = day.routes.compactMap { route in
      jump(
        from: route.originMileage, at: route.departedAt, to: route.destinationMileage, at: route.arrivedAt, in: route)
    }
    let between = day.neighbours.compactMap { earlier, later in
      jump(
        from: earlier.destinationMileage, at: earlier.arrivedAt, to: later.originMileage, at: later.departedAt,
        in: later)
    }
    return within + between
  }

  /// Allows one kilometre for rounding.
  private static func jump(
    from start: Decimal3?, at startedAt: Date?, to end: Decimal3?, at endedAt: Date?, in route: Route
  ) -> Violation? {
    guard let distance = distance(start, end), let duration = duration(startedAt, endedAt),
      distance > duration / 3_600 * Double(speedBound) + 1
    else { return nil }
    return Violation(departedAt: route.departedAt, sample: "\(distance) km in \(Int64(duration)) s")
  }

  private static func pauseOutside(_ route: Route) -> [String] {
    route.pauses.compactMap { pause in
      let isBefore = [pause.startedAt, pause.endedAt].contains { $0.map { $0 < route.departedAt } ?? false }
      let isAfter = [pause.startedAt, pause.endedAt].contains { time in
        if let time, let arrivedAt = route.arrivedAt { time > arrivedAt } else { false }
      }
      guard isBefore || isAfter else { return nil }
      return "\(unix(pause.startedAt)) to \(unix(pause.endedAt))"
    }
  }

  /// Allows one second per pause. Does not check routes without listed pauses or with a pause that lacks a time.
  private static func pauseSumDiffers(_ route: Route) -> [String] {
    guard let stated = route.pauseSeconds, !route.pauses.isEmpty else { return [] }
    var sum = 0.0
    for pause in route.pauses {
      guard let start = pause.startedAt, let end = pause.endedAt else { return [] }
      sum += end.timeIntervalSince(start)
    }
    guard (sum - Double(stated)).magnitude > Double(route.pauses.count) else { return [] }
    return ["\(stated) s stated, \(Int64(sum)) s in \(route.pauses.count) pauses"]
  }

  /// The document does not say whether pauses count as time, so both are accepted. Odometers count whole kilometres:
  /// allows one kilometre and 5 % of the distance.
  private static func averageSpeedContradicts(_ route: Route) -> [String] {
    guard let average = route.averageSpeedDistance,
      let distance = distance(route.originMileage, route.destinationMileage),
      let duration = duration(route.departedAt, route.arrivedAt)
    else { return [] }
    let speed = Double(average.thousandths) / 1_000
    let driving = max(0, duration - Double(route.pauseSeconds ?? 0))
    let agrees = [duration, driving].contains { seconds in
      (speed * seconds / 3_600 - distance).magnitude <= 1 + distance.magnitude / 20
    }
    return agrees ? [] : ["\(average) km/h, \(distance) km in \(Int64(duration)) s"]
  }

  /// Allows two kilometres, for rounding and a late first fix, and 20 %. A line with less than a point per kilometre cuts corners: only
  /// that it is too long means anything.
  private static func trackContradicts(_ route: Route) -> [String] {
    guard let distance = distance(route.originMileage, route.destinationMileage), distance >= 0,
      let track = route.points.trackLength
    else { return [] }
    let length = Double(track.thousandths) / 1_000
    guard length > distance || Double(route.points.count) >= distance,
      (length - distance).magnitude > 2 + max(length, distance) / 5
    else { return [] }
    return ["\(track) km by points, \(Int64(distance)) km by odometer"]
  }

  private static func speedAboveBound(_ route: Route) -> [String] {
    let bound = Decimal3(thousandths: Int64(speedBound) * 1_000)
    let averages = [route.averageSpeed, route.averageSpeedDistance].compactMap { $0 }.filter { $0 > bound }
    let tenths = Int16(speedBound * 10)
    let points = route.points.filter { $0.speedTenths > tenths }
    return averages.map { "\($0) km/h" }
      + points.map { "\(Decimal3(thousandths: Int64($0.speedTenths) * 100)) km/h" }
  }

  private static func inFuture(_ day: DayUnderReview) -> [Violation] {
    let latest = day.lastRequestedAt.addingTimeInterval(86_400)
    return day.routes.flatMap { route in
      let times = [route.departedAt, route.arrivedAt] + route.pauses.flatMap { [$0.startedAt, $0.endedAt] }
      return times.compactMap { $0 }.filter { $0 > latest }
        .map { Violation(departedAt: route.departedAt, sample: unix($0)) }
    }
  }

  // MARK: Parts

  /// Kilometres.
  private static func distance(_ start: Decimal3?, _ end: Decimal3?) -> Double? {
    guard let start, let end else { return nil }
    return Double((end - start).thousandths) / 1_000
  }

  /// Seconds, above zero.
  private static func duration(_ start: Date?, _ end: Date?) -> Double? {
    guard let start, let end, end > start else { return nil }
    return end.timeIntervalSince(start)
  }

  /// Unix time, as the vendor sends it.
  private static func unix(_ date: Date?) -> String {
    date.map { String(Int64($0.timeIntervalSince1970)) } ?? "unknown"
  }
}
