/// Settings: their definitions, the sources of their values, and the errors in them. This room knows no other room of
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
/// - To add a setting: declare the constant in the room that uses it, and add it to that room's list. The option, the
///   variable, the messages, the help and the reference are derived from it; then run `ollama-queue-server config
///   reference >src/server/settings/REFERENCE.md`.
/// - A [server.settings.Setting] reads texts from any source and returns a typed value. A default is written once, in
///   the constant, as a user would write it.
/// - The strongest source wins: option, environment, file, default. Of two settings that exclude each other
///   (`insteadOf`) the one from the stronger source wins; from the same source they are an error.
/// - Keys with `[]` belong to the maps in a list, those with `{}` to maps by name; both occur only in the file.
///   [server.settings.Settings#list] returns one `Settings` for each map, with its name. If the map, or the section
///   around the list, has `enabled: false`, the map is only shown: its variables need not be set.
/// - Errors are collected: a wrong value leaves its setting at the default, so that the next error is found too.
///   Combinations of settings (a delay longer than another, a host of an unknown kind) are checked by the room that
///   owns them, in `AllSettings.check`.
/// - [server.settings.Settings] never changes. A reload creates new ones and passes them to each live part.
/// - Only [server.settings.Settings] holds a secret: everything shown, logged or put into a message is masked.
package server.settings;
