import Glibc

/// Who besides its user can open a file that holds a secret.
public enum FileAccess {
  /// Whether a file is open to others than the user of this program.
  ///
  /// A file of root that another user reads through its group is not: packages (`0640 root:fleetize`), systemd credentials and
  /// Kubernetes hand over secrets that way.
  public static func isOpenToOthers(_ status: stat, user: uid_t = geteuid()) -> Bool {
    let isHandedOver = status.st_uid == 0 && user != 0
    return status.st_mode & (isHandedOver ? S_IWGRP | S_IXGRP | S_IRWXO : S_IRWXG | S_IRWXO) != 0
  }
}
