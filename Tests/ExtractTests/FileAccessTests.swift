import Extract
import Glibc
import Testing

@Suite struct `A file with a secret` {
  private func isOpen(mode: mode_t, owner: uid_t, to user: uid_t) -> Bool {
    var status = stat()
    status.st_mode = S_IFREG | mode
    status.st_uid = owner
    return FileAccess.isOpenToOthers(status, user: user)
  }

  @Test(arguments: [0o600, 0o400] as [mode_t]) func `that only its owner can open is not open to others`(mode: mode_t) {
    #expect(!isOpen(mode: mode, owner: 1000, to: 1000))
    #expect(!isOpen(mode: mode, owner: 0, to: 0))
  }

  @Test(arguments: [0o640, 0o440] as [mode_t]) func `of root may be read by the group of another user`(mode: mode_t) {
    #expect(!isOpen(mode: mode, owner: 0, to: 1000))
  }

  @Test(arguments: [0o640, 0o440] as [mode_t])
  func `that its group can read is open when nobody handed it over`(mode: mode_t) {
    #expect(isOpen(mode: mode, owner: 1000, to: 1000))
    #expect(isOpen(mode: mode, owner: 0, to: 0))
    #expect(isOpen(mode: mode, owner: 1001, to: 1000))
  }

  @Test(arguments: [0o604, 0o602, 0o601, 0o660, 0o650, 0o644] as [mode_t])
  func `of root is open when its group can write or everybody can open it`(mode: mode_t) {
    #expect(isOpen(mode: mode, owner: 0, to: 1000))
  }
}
