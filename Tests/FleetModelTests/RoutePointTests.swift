import FleetModel
import Testing

@Suite struct `The length of a track` {
  private func length(_ positions: [(Double, Double)?]) -> Decimal3? {
    positions.map { position in
      RoutePoint(
        position.flatMap {
          Coordinate(latitudeE7: Int64(($0.0 * 1e7).rounded()), longitudeE7: Int64(($0.1 * 1e7).rounded()))
        }, speedTenths: nil)
    }.trackLength
  }

  @Test func `is that of the line through its positions`() {
    // A degree of latitude, in ten steps: 111.195 km on a sphere of the earth's mean radius.
    #expect(length((0...10).map { (48 + Double($0) / 10, 9) }) == Decimal3(thousandths: 111_195))
    // A hundredth of a degree of longitude at 60 degrees north is half of one at the equator.
    #expect(length([(60, 9), (60, 9.01)]) == Decimal3(thousandths: 556))
    #expect(length([(0, 9), (0, 9.01)]) == Decimal3(thousandths: 1_112))
  }

  @Test func `takes the short way across the 180th meridian and passes over points without a position`() {
    #expect(length([(0, 179.995), nil, (0, -179.995)]) == Decimal3(thousandths: 1_112))
    #expect(length([(0, 9), (0, 9)]) == Decimal3(thousandths: 0))
    #expect(length([(0, 9), nil]) == nil)
    #expect(length([]) == nil)
  }
}
