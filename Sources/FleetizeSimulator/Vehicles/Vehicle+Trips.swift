import FleetModel

extension Vehicle {
  /// The trips that depart on `day`, in order.
  func trips(departingOn day: UTCDay) -> [Trip] {
    guard kind == .nightShift else { return shift(on: day) }
    return (shift(on: day.previous) + shift(on: day)).filter { (day.unixStart..<day.next.unixStart) ~= $0.departure }
  }

  /// The trips of a working day, which may extend beyond midnight and ends where the next one begins.
  private func shift(on day: UTCDay) -> [Trip] {
    guard day >= installed else { return [] }
    let date = day.advanced(by: -calendarShift)
    var random = SeededRandom(seed, UInt64(bitPattern: Int64(date.number)))
    let isWeekend = date.weekday >= 5
    switch kind {
    case .commuter:
      guard !isWeekend, random.chance(0.94) else { return [] }
      return commute(on: day, random)
    case .delivery:
      guard date.weekday < 6, random.chance(0.96) else { return [] }
      return deliver(on: day, random)
    case .sales:
      guard !isWeekend, random.chance(0.8) else { return [] }
      return visit(on: day, random)
    case .service:
      guard random.chance(isWeekend ? 0.2 : 0.9) else { return [] }
      return serve(on: day, random)
    case .pool:
      guard random.chance(isWeekend ? 0.1 : 0.5) else { return [] }
      return borrow(on: day, random)
    case .reserve:
      guard isReserveWeek(of: date), !isWeekend, random.chance(0.8) else { return [] }
      return borrow(on: day, random)
    case .nightShift:
      guard date.weekday != 4, date.weekday != 5, random.chance(0.95) else { return [] }
      return patrol(on: day, random)
    case .longHaul: return haul(on: day, random)
    case .neverMoved: return []
    }
  }

  private func commute(on day: UTCDay, _ random: SeededRandom) -> [Trip] {
    var plan = Itinerary(from: home, at: BerlinTime.time(6.4, on: day), random: random)
    plan.wait(minutes: 0...70)
    plan.drive(to: customers[3], pauses: plan.random.chance(0.3) ? 1 : 0)
    plan.wait(minutes: 480...560)
    if plan.random.chance(0.2) {
      plan.drive(to: customers[0])
      plan.wait(minutes: 15...60)
    }
    plan.drive(to: home, pauses: plan.random.chance(0.25) ? 1 : 0)
    return plan.trips
  }

  private func deliver(on day: UTCDay, _ random: SeededRandom) -> [Trip] {
    var plan = Itinerary(from: home, at: BerlinTime.time(5.8, on: day), random: random)
    for _ in 0..<plan.random.int(2, 4) {
      plan.wait(minutes: 10...45)
      plan.drive(to: customers[plan.random.int(4, 11)], pauses: plan.random.int(1, 5))
      plan.wait(minutes: 10...25)
      plan.drive(to: home, pauses: plan.random.int(0, 3))
    }
    return plan.trips
  }

  private func visit(on day: UTCDay, _ random: SeededRandom) -> [Trip] {
    var plan = Itinerary(from: home, at: BerlinTime.time(7.2, on: day), random: random)
    plan.wait(minutes: 0...90)
    for _ in 0..<plan.random.int(1, 3) {
      plan.drive(to: another(than: plan.place, &plan.random), pauses: plan.random.int(0, 2))
      plan.wait(minutes: 30...110)
    }
    plan.drive(to: home, pauses: plan.random.int(0, 2))
    return plan.trips
  }

  private func serve(on day: UTCDay, _ random: SeededRandom) -> [Trip] {
    var plan = Itinerary(from: home, at: BerlinTime.time(7.5, on: day), random: random)
    for _ in 0..<plan.random.int(2, 5) {
      plan.wait(minutes: 15...80)
      plan.drive(to: another(than: plan.place, &plan.random), pauses: plan.random.chance(0.3) ? 1 : 0)
    }
    plan.wait(minutes: 20...60)
    plan.drive(to: home)
    return plan.trips
  }

  private func borrow(on day: UTCDay, _ random: SeededRandom) -> [Trip] {
    var plan = Itinerary(from: home, at: BerlinTime.time(7, on: day), random: random)
    plan.wait(minutes: 0...540)
    plan.drive(to: customers[plan.random.int(0, 11)], pauses: plan.random.int(0, 1))
    plan.wait(minutes: 20...150)
    plan.drive(to: home, pauses: plan.random.int(0, 1))
    return plan.trips
  }

  /// Out in the evening and home by morning. On most nights a route is under way at 00:00 UTC.
  private func patrol(on day: UTCDay, _ random: SeededRandom) -> [Trip] {
    var plan = Itinerary(from: home, at: BerlinTime.time(20, on: day), random: random)
    plan.wait(minutes: 0...60)
    let lastDeparture = BerlinTime.time(28, on: day)
    while plan.time < lastDeparture {
      plan.drive(to: another(than: plan.place, &plan.random), pauses: plan.random.int(0, 2))
      plan.wait(minutes: 6...18)
    }
    plan.drive(to: home)
    return plan.trips
  }

  /// Away every fifth day and back two days later. A route may be complete only two days after its departure.
  private func haul(on day: UTCDay, _ random: SeededRandom) -> [Trip] {
    let far = customers[0]
    let isOutward: Bool
    switch (Int(day.number) - Int(installed.number)) % 5 {
    case 0: isOutward = true
    case 2: isOutward = false
    default: return []
    }
    var plan = Itinerary(
      from: isOutward ? home : far, at: BerlinTime.time(isOutward ? 23 : 18, on: day), random: random)
    plan.wait(minutes: 0...30)
    plan.drive(to: isOutward ? far : home, pauses: 6, pauseMinutes: 20...70)
    return plan.trips
  }

  private func another(than place: Position, _ random: inout SeededRandom) -> Position {
    let first = random.int(0, 11)
    return customers[first] == place ? customers[(first + 1) % 12] : customers[first]
  }

  /// One week of four, different for each vehicle.
  private func isReserveWeek(of day: UTCDay) -> Bool {
    let week = (Int(day.number) + 3) / 7
    var random = SeededRandom(seed, 0x7765_656B, UInt64(week / 4))
    return random.int(0, 3) == week % 4
  }
}
