/// The settings file: the subset of YAML in which it is written, its keys, and durations.
///
/// ```
///   config.yaml ──▶ YamlText ──▶ Yaml (YamlBlock) ──▶ Node ──▶ ConfigFile ──▶ a setting's text, its place
///                   (index,      (structure)                   (keys, older names,
///                    places)                                    ${VARIABLES})
/// ```
///
/// Rules:
/// - Every scalar is a text. The code that asks for it decides its meaning, so `yes`, `010` and `1e3` are no surprise.
/// - The parts of YAML that settings do not need (anchors, tags, several documents, complex keys) are refused, with the
///   place and what to write instead. Accepted text means the same as in every other YAML reader; the tests have the
///   relevant cases of yaml-test-suite. One liberty: a closing bracket alone on its line may be in the column of its
///   key, as people write it.
/// - No message repeats a value, because it may be a secret.
/// - Keys are checked at once, values when they are asked for: the client does not fail because of a variable that only
///   the server has.
///
/// Assumed: a file of at most a mebibyte, read at the start and on SIGHUP.
package shared.config;
