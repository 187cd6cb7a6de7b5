/// Settings: what they are, where their values come from, and what is wrong with them. This room knows no other room of
/// the server; every other room may use it.
///
/// ```
///  a room:  static final Setting<Integer> TASK_BYTES = Setting.size("limits.task_bytes", …).byDefault("16MiB")…
///             │ its list SETTINGS
///             ▼
///  AllSettings.TABLE ──▶ CommandLine (options), Help, Reference, `config show`
///             │
///  option, environment, file ──▶ Loader ──▶ Settings ──▶ settings.get(TASK_BYTES), in that room
///                                  │
///                                  └──▶ problems, each with its place; the rooms add what they find together
/// ```
///
/// - To add a setting: declare the constant in the room that uses it, and add it to that room's list. Everything else,
///   the option, the variable, the messages, the help and the reference, is made from it; then
///   `ollama-queue-server config reference >src/server/settings/REFERENCE.md`.
/// - A [server.settings.Setting] reads texts, whatever their source, and answers a typed value. A default is written as
///   a user would write it, once, in the constant.
/// - The strongest source counts: option, environment, file, default. Of two settings that exclude each other
///   (`insteadOf`) the stronger one counts; from the same source both are a mistake.
/// - Keys with `[]` belong to the maps in a list, those with `{}` to maps by name; both stand in the file alone.
///   [server.settings.Settings#list] answers one `Settings` for each map, which knows its name. Where the map, or the
///   section around the list, has `enabled: false`, it is only shown: its variables need not be set.
/// - Mistakes are collected: a wrong value leaves its setting at the default, so that the next mistake is found too.
///   What settings mean together (a delay longer than another, a host that nobody serves) is checked by the room that
///   knows, in `AllSettings.check`.
/// - [server.settings.Settings] never changes. A reload makes new ones, and gives them to each part that is live.
/// - A secret is in [server.settings.Settings] alone: what is shown, logged or told in a message is masked.
package server.settings;
