import Extract
import Testing

@Suite struct `A retry` {
  @Test func `of a call that never reached the API waits 1, 2, 4, 8 s and then no more`() {
    #expect((1...5).map { RetryDelay.afterUnreached($0, interval: 0) } == [1, 2, 4, 8, nil])
  }

  @Test func `is never sooner than the interval`() {
    #expect((1...5).map { RetryDelay.afterUnreached($0, interval: 2.5) } == [2.5, 2.5, 4, 8, nil])
    #expect((1...5).map { RetryDelay.afterUnreached($0, interval: 60) } == [60, 60, 60, 60, nil])
  }

  @Test func `of a device-day is put off twice as long each time, up to a day`() {
    #expect((1...7).map { RetryDelay.afterFailedDay($0) / 3_600 } == [1, 2, 4, 8, 16, 24, 24])
    #expect(RetryDelay.afterFailedDay(.max) == 86_400)
  }

  @Test func `counts from one`() {
    #expect(RetryDelay.afterUnreached(0, interval: 0) == 1)
    #expect(RetryDelay.afterFailedDay(.min) == 3_600)
  }
}
