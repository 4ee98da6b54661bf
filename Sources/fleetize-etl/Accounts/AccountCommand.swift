import ArgumentParser
import Extract
import FoundationEssentials
import Load
import Logbook
import Pipeline
import Postgres

struct AccountCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "account",
    abstract: "Add, list, rename or retire accounts. Costs no call.",
    discussion: """
      `migrate` adds the account of a new database; no other command but `account add` adds one, so that a mistyped name does not start \
      a second fleet. A token belongs to the account that used it first, and is refused for any other.

      EXAMPLES
        fleetize-etl account list
        fleetize-etl account add north south
        fleetize-etl account rename default north
      """,
    subcommands: [
      AccountAdd.self, AccountList.self, AccountRename.self, AccountRetire.self, AccountForgetToken.self,
    ])
}

struct AccountAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add accounts, or take back retired ones. Costs no call.",
    discussion: """
      Time zone and limits come from the settings of the account, if there are any.

      EXAMPLE
        fleetize-etl account add north south
      """)

  @OptionGroup var shared: SharedOptions
  @Argument(help: ArgumentHelp("The accounts.", valueName: "name"), transform: parseAccountName)
  var names: [String]

  func run() async throws {
    try await reporting {
      let session = try await Session(shared)
      for name in names {
        let settings = session.settings.accounts.first { $0.name == name }
        if let settings { try await checkTokens(of: settings, session) }
        let configuration =
          settings?.configuration(unjudgedNights: session.settings.unjudgedNights)
          ?? AccountConfiguration(
            name: name, timeZone: "UTC", limits: AccountLimits(egress: "default", dailyCalls: 100, requestInterval: 60))
        let isNew: Bool
        do {
          isNew = try await session.connection.run { db in try configuration.add(on: db) }
        } catch let error as UnknownTimeZone {
          throw Session.settingError(error, of: name)
        }
        try Output.print("account \(printable(name)): \(isNew ? "added" : "exists already")")
        if settings == nil { session.note("there are no settings for account \(printable(name)) yet") }
      }
      await session.connection.close()
    }
  }

  /// A second name for a known account is a mistake. Tokens may also be configured later.
  private func checkTokens(of account: Settings.Account, _ session: Session) async throws {
    guard !account.tokenSources.isEmpty else { return }
    let (tokens, name) = (try account.tokens(), account.name)
    let owner = try await session.connection.run { db in
      let salt = try AccountTokens.salt(on: db)
      return try AccountTokens.owner(of: tokens.map { $0.hmac(salt: salt) }, besides: name, on: db)
    }
    if let owner { throw Session.tokenBelongs(to: owner, not: name) }
  }
}

struct AccountList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the accounts of the database. Costs no call.",
    discussion: """
      EXAMPLE
        fleetize-etl account list --format json
      """)

  @OptionGroup var shared: SharedOptions
  @OptionGroup var output: FormatOptions

  func run() async throws {
    try await reporting {
      let session = try await Session(shared)
      let accounts = try await session.connection.run { db in try Accounts.all(on: db) }
      await session.connection.close()
      let configured = Set(session.settings.accounts.map(\.name))
      let listed = accounts.map { ListedAccount($0, isConfigured: configured.contains($0.name)) }
      switch output.format {
      case .text: try Output.print(ListedAccount.table(listed))
      case .json: try Results.printJSON(listed)
      }
    }
  }
}

/// What `account list` prints for an account. docs/json-output.md documents its JSON.
struct ListedAccount: Encodable, Hashable {
  var account: String
  var timeZone: String
  var egress: String?
  var devices: Int
  var tokens: Int
  var lastAnsweredAt: Date?
  var retiredAt: Date?
  var isConfigured: Bool

  init(_ entry: Accounts.Entry, isConfigured: Bool) {
    account = entry.name
    timeZone = entry.timeZone
    egress = entry.egress
    devices = entry.devices
    tokens = entry.tokens
    lastAnsweredAt = entry.lastAnsweredAt
    retiredAt = entry.retiredAt
    self.isConfigured = isConfigured
  }

  static func table(_ accounts: [ListedAccount]) -> String {
    guard !accounts.isEmpty else { return "No accounts yet: `fleetize-etl migrate` or `account add` adds one." }
    let rows = accounts.map { account in
      let state = account.retiredAt.map { "retired since \($0.utcText)" } ?? (account.isConfigured ? "" : "no settings")
      return [
        printable(account.account), account.timeZone, "\(account.devices)", "\(account.tokens)",
        account.lastAnsweredAt?.utcText ?? "never", state,
      ]
    }
    return TextTable([["account", "time zone", "devices", "tokens", "last answered", ""]] + rows).lines
      .joined(separator: "\n")
  }
}

struct AccountRename: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rename",
    abstract: "Rename an account and keep all its data, erasures included. Costs no call.",
    discussion: """
      Afterwards, put the new name into the settings.

      EXAMPLE
        fleetize-etl account rename default north
      """)

  @OptionGroup var shared: SharedOptions
  @Argument(help: ArgumentHelp("The account.", valueName: "name"), transform: parseAccountName)
  var name: String
  @Argument(help: ArgumentHelp("Its new name.", valueName: "new-name"), transform: parseAccountName)
  var newName: String

  func run() async throws {
    try await changingAccount(name, shared) { session in
      let (name, newName) = (name, newName)
      // A restored backup knows the account by its former name, the settings by its new one: the file of erasures gets both.
      if let file = session.settings.erasuresFile, let erasures = try file.erasures(of: name), !erasures.isEmpty {
        try file.append(erasures, account: newName)
      }
      guard try await session.connection.run({ db in try Accounts.rename(name, to: newName, on: db) }) else {
        throw UsageError(
          "the database has an account \(printable(newName)) already",
          hint:
            "`fleetize-etl account list` lists all accounts; if that one was added by mistake, give it another name first"
        )
      }
      try Output.print("account \(printable(name)) is now \(printable(newName)); use this name in the settings")
    }
  }
}

struct AccountRetire: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retire",
    abstract: "Make no more calls for an account, and keep its data. Costs no call.",
    discussion: """
      `account add` takes it back.

      EXAMPLE
        fleetize-etl account retire north
      """)

  @OptionGroup var shared: SharedOptions
  @Argument(help: ArgumentHelp("The account.", valueName: "name"), transform: parseAccountName)
  var name: String

  func run() async throws {
    try await changingAccount(name, shared) { session in
      let (name, now) = (name, session.clock.now())
      try await session.connection.run { db in try Accounts.retire(name, now: now, on: db) }
      try Output.print("account \(printable(name)) is retired: no calls are made for it, its data stays")
    }
  }
}

struct AccountForgetToken: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forget-token",
    abstract: "Forget which tokens an account used, so that another account may use them. Costs no call.",
    discussion: """
      Only keyed hashes of tokens are stored. The account's next run stores that of its present token again.

      EXAMPLE
        fleetize-etl account forget-token north
      """)

  @OptionGroup var shared: SharedOptions
  @Argument(help: ArgumentHelp("The account.", valueName: "name"), transform: parseAccountName)
  var name: String

  func run() async throws {
    try await changingAccount(name, shared) { session in
      let name = name
      let count = try await session.connection.run { db in try Accounts.forgetTokens(of: name, on: db) }
      try Output.print("account \(printable(name)): \(counted(count, "token")) forgotten")
    }
  }
}

/// Runs the body of a command that changes an account of the database.
private func changingAccount(
  _ name: String, _ shared: SharedOptions, _ body: (Session) async throws -> Void
) async throws {
  try await reporting {
    let session = try await Session(shared)
    do {
      try await body(session)
    } catch LoadError.unknownAccount {
      throw try await session.unknownAccount(name, on: session.connection)
    }
    await session.connection.close()
  }
}

private func parseAccountName(_ text: String) throws -> String {
  guard !text.isEmpty, text.utf8.count <= 200, !text.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
    throw ValidationError("the name of an account must have 1 to 200 bytes, without control characters")
  }
  return text
}

extension Settings.Account {
  /// What the database keeps of these settings.
  func configuration(unjudgedNights: Int) -> AccountConfiguration {
    AccountConfiguration(
      name: name, timeZone: timeZone, deviceTimeZones: deviceTimeZones, limits: limits, unjudgedNights: unjudgedNights)
  }
}
