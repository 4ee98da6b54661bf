import ArgumentParser
import Logbook

/// A mistyped command or option, found before the argument parser reports something else.
struct CommandMistake: Equatable {
  var problem: String
  var hint: String

  /// Nil if every command and option exists.
  init?(_ arguments: [String]) {
    var command: any ParsableCommand.Type = FleetizeETL.self
    var rest = arguments[...]
    var path = ["fleetize-etl"]
    if rest.first == "help" { rest = rest.dropFirst() }
    while let word = rest.first, !word.hasPrefix("-"), !command.configuration.subcommands.isEmpty {
      let known = command.configuration.subcommands.compactMap { $0.configuration.commandName }
      guard let next = command.configuration.subcommands.first(where: { $0.configuration.commandName == word }) else {
        problem = "there is no command \"\(printable(word))\"\(suggestion(for: word, in: known))"
        hint = "the commands are \(known.joined(separator: ", "))"
        return
      }
      (command, rest) = (next, rest.dropFirst())
      path.append(word)
    }
    let options =
      FleetizeETL.helpMessage(for: command, includeHidden: true, columns: 200)
      .matches(of: /--[a-z][a-z-]*/).map { String($0.output) } + [
        "--help", "--version", "--generate-completion-script",
      ]
    for word in rest.prefix(while: { $0 != "--" }) where word.hasPrefix("--") {
      let name = word.split(separator: "=", maxSplits: 1).first.map(String.init) ?? word
      guard !options.contains(name) else { continue }
      problem = "\(path.joined(separator: " ")) has no option \(printable(name))\(suggestion(for: name, in: options))"
      hint = "`\(path.joined(separator: " ")) --help` lists the options"
      return
    }
    return nil
  }
}
